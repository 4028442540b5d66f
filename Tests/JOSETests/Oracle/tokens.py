"""Makes keys and tokens with PyJWT, good ones and attacks, and prints them as one JSON object."""
import base64, json, sys, time
import hashlib, hmac
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

NOW = int(sys.argv[1])
ISSUER, AUDIENCE = "https://issuer.example", "https://backup.example/mcp"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(key, **more):
    n = key.public_key().public_numbers()
    return dict(kty="RSA", n=number(n.n), e=number(n.e), **more)


def ec_jwk(key, **more):
    n = key.public_key().public_numbers()
    return dict(kty="EC", crv="P-256", x=number(n.x, 32), y=number(n.y, 32), **more)


def ed_jwk(key, **more):
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return dict(kty="OKP", crv="Ed25519", x=b64(raw), **more)


def raw(header, claims, signature=b""):
    part = lambda value: b64(value if isinstance(value, bytes) else json.dumps(value).encode())
    return ".".join([part(header), part(claims), b64(signature)])


rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
other_rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
small_rsa = rsa.generate_private_key(public_exponent=65537, key_size=1024)
ec_key, other_ec = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
ed_key, other_ed = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()

good = dict(iss=ISSUER, aud=AUDIENCE, sub="ann", exp=NOW + 600, nbf=NOW - 10, iat=NOW - 10, scope="holdfast:read")
sign = lambda claims, key, alg, kid=None, **header: jwt.encode(
    claims, key, algorithm=alg, headers=dict(header, **({"kid": kid} if kid else {})))
change = lambda **more: dict(good, **more)
without = lambda name: {k: v for k, v in good.items() if k != name}

pem = rsa_key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
hs_head, hs_body = b64(json.dumps(dict(alg="HS256", typ="JWT", kid="r")).encode()), b64(json.dumps(good).encode())
hs_mac = hmac.new(pem, f"{hs_head}.{hs_body}".encode(), hashlib.sha256).digest()
rs_good = sign(good, rsa_key, "RS256", "r")
es_good = sign(good, ec_key, "ES256", "e")
head, body, signature = es_good.split(".")
whole_signature = base64.urlsafe_b64decode(signature + "==")

accepted = {
    "RS256": rs_good,
    "ES256": es_good,
    "EdDSA": sign(good, ed_key, "EdDSA", "d"),
    "no key named": sign(good, rsa_key, "RS256"),
    "audience in a list": sign(change(aud=["x", AUDIENCE]), ec_key, "ES256", "e"),
    "scopes in a list": sign(dict(without("scope"), scp=["holdfast:read"]), ec_key, "ES256", "e"),
    "within the leeway": sign(change(exp=NOW - 10), ec_key, "ES256", "e"),
    "fraction of a second": sign(change(exp=NOW + 1.5), ec_key, "ES256", "e"),
}
refused = {
    "alg none": (raw(dict(alg="none"), good), "algorithm"),
    "alg None": (raw(dict(alg="None"), good), "algorithm"),
    "no alg": (raw(dict(typ="JWT"), good), "algorithm"),
    "HS256 with the public key": (f"{hs_head}.{hs_body}.{b64(hs_mac)}", "algorithm"),
    "RS512": (sign(good, rsa_key, "RS512", "r"), "algorithm"),
    "PS256": (sign(good, rsa_key, "PS256", "r"), "algorithm"),
    "ES256 in the name of an RSA key": (sign(good, ec_key, "ES256", "r"), "unknownKey"),
    "another RSA key": (sign(good, other_rsa, "RS256", "r"), "signature"),
    "another EC key": (sign(good, other_ec, "ES256", "e"), "signature"),
    "another Ed25519 key": (sign(good, other_ed, "EdDSA", "d"), "signature"),
    "unknown key": (sign(good, other_ec, "ES256", "nobody"), "unknownKey"),
    "key as a path": (sign(good, ec_key, "ES256", "../../etc/passwd"), "unknownKey"),
    "key as SQL": (sign(good, ec_key, "ES256", "e' OR '1'='1"), "unknownKey"),
    "key as a number": (raw(dict(alg="ES256", kid=1), good, bytes(64)), "malformed"),
    "huge key name": (raw(dict(alg="ES256", kid="x" * 300), good, bytes(64)), "malformed"),
    "key in the header": (sign(good, other_ec, "ES256", None, jwk=ec_jwk(other_ec)), "signature"),
    "key at an address": (sign(good, other_ec, "ES256", None, jku="https://evil.example"), "signature"),
    "something critical": (sign(good, ec_key, "ES256", "e", crit=["exp"]), "malformed"),
    "zero signature": (f"{head}.{body}.{b64(bytes(64))}", "signature"),
    "short signature": (f"{head}.{body}.{b64(whole_signature[:-3])}", "signature"),
    "no signature": (f"{head}.{body}.", "signature"),
    "changed claims": (f"{head}.{b64(json.dumps(change(scope='holdfast:destroy')).encode())}.{signature}", "signature"),
    "padding": (es_good + "==", "malformed"),
    "other alphabet": (f"{head}.{body}.{signature[:-1]}+", "malformed"),
    "two parts": (f"{head}.{body}", "malformed"),
    "four parts": (es_good + ".x", "malformed"),
    "duplicate members": (raw(b'{"alg":"ES256","alg":"none"}', good, bytes(64)), "malformed"),
    "duplicate claims": (raw(dict(alg="ES256"), b'{"sub":"a","sub":"b"}', bytes(64)), "malformed"),
    "claims that are no object": (raw(dict(alg="ES256"), b"[]", bytes(64)), "malformed"),
    "no JSON": (raw(b"{", b"{"), "malformed"),
    "deep": (raw(dict(alg="ES256"), b'{"a":' * 30 + b"1" + b"}" * 30, bytes(64)), "malformed"),
    "huge": (sign(change(x="y" * 9000), ec_key, "ES256", "e"), "malformed"),
    "expired": (sign(change(exp=NOW - 31), ec_key, "ES256", "e"), "expired"),
    "no end": (sign(without("exp"), ec_key, "ES256", "e"), "claim"),
    "end that is no time": (sign(change(exp=True), ec_key, "ES256", "e"), "claim"),
    "not yet": (sign(change(nbf=NOW + 60), ec_key, "ES256", "e"), "early"),
    "made tomorrow": (sign(change(iat=NOW + 86400), ec_key, "ES256", "e"), "early"),
    "other audience": (sign(change(aud="https://other.example"), ec_key, "ES256", "e"), "audience"),
    "audience that begins alike": (sign(change(aud=AUDIENCE + "/x"), ec_key, "ES256", "e"), "audience"),
    "no audience": (sign(without("aud"), ec_key, "ES256", "e"), "audience"),
    "other issuer": (sign(change(iss=ISSUER + "/"), ec_key, "ES256", "e"), "issuer"),
    "no issuer": (sign(without("iss"), ec_key, "ES256", "e"), "issuer"),
    "nobody": (sign(without("sub"), ec_key, "ES256", "e"), "claim"),
}
keys = [rsa_jwk(rsa_key, kid="r", use="sig", alg="RS256"), ec_jwk(ec_key, kid="e"), ed_jwk(ed_key, kid="d")]
bad_keys = {
    "small RSA": rsa_jwk(small_rsa),
    "even exponent": dict(rsa_jwk(rsa_key), e=number(65536)),
    "point off the curve": dict(ec_jwk(ec_key), y=b64(bytes(32))),
    "short point": dict(ec_jwk(ec_key), x=b64(bytes(31))),
    "other curve": dict(ec_jwk(ec_key), crv="P-384"),
    "for encryption": rsa_jwk(rsa_key, use="enc"),
    "other algorithm": rsa_jwk(rsa_key, alg="RS512"),
    "symmetric": dict(kty="oct", k=b64(b"secret")),
    "no kind": dict(n="x"),
    "only signing": ec_jwk(ec_key, key_ops=["sign"]),
}
print(json.dumps(dict(
    keys=keys, bad_keys=bad_keys, accepted=accepted,
    refused={name: dict(token=token, code=code) for name, (token, code) in refused.items()},
    expired_soon=sign(change(exp=NOW + 1), ec_key, "ES256", "e"))))
