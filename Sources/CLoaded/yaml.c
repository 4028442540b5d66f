#include "forward.h"
#include <yaml.h>

// Who reads a text does not ask before whether it is there: a text that could not be read for want of it must not pass for a broken one.
static const char library[] = "libyaml-0.so.2";

const char *holdfast_lack_of_yaml(void) { return holdfast_lack_of(library); }

FORWARD_1(library, void, yaml_event_delete, yaml_event_t *)
FORWARD_1(library, void, yaml_parser_delete, yaml_parser_t *)
FORWARD_1(library, int, yaml_parser_initialize, yaml_parser_t *)
FORWARD_2(library, int, yaml_parser_parse, yaml_parser_t *, yaml_event_t *)
FORWARD_2(library, void, yaml_parser_set_encoding, yaml_parser_t *, yaml_encoding_t)
FORWARD_3(library, void, yaml_parser_set_input_string, yaml_parser_t *, const unsigned char *, size_t)
