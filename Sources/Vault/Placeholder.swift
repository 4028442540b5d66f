/// Where backups live.
package actor Vault {}
