//! Every code a host can raise, with its page for `riegel explain`.
//!
//! Codes are never reused; a page says what happened, what it means for the
//! decision, and what to do.

use super::Kind;

macro_rules! codes {
    ($($name:ident $id:literal $title:literal $page:literal)+) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub static $name: Kind = Kind { id: $id, title: $title, page: $page };
        )+
        /// All of them, by code.
        pub static ALL: &[&Kind] = &[$(&$name),+];
    };
}

codes! {
    ABI_MAGIC "E1001" "bytes do not begin with their mark"
"Every frame and record begins with four bytes that say what it is. These are not it: the
bytes were mixed up, or something else was passed."

    ABI_LENGTH "E1002" "bytes end too early or too late"
"A frame or record is exactly as long as its counters say. It was cut off, or carries more."

    ABI_SCHEMA "E1003" "written for another schema"
"Every policy has its own list of attributes, and frames carry its hash. Read the event
again with the schema of the module that is to decide."

    ABI_VERSION "E1004" "unknown version of the ABI"
"The record was written by a module of another ABI version. Update the host, or build the
policy again."

    ABI_POINTER "E1005" "an offset points outside the bytes"
"Offsets and lengths must stay inside the frame or record. It is damaged and was refused."

    ABI_CODE "E1006" "a code without a meaning"
"A verdict, role, kind or flag has a number that this version does not know. The bytes are
damaged, or a newer version wrote them: update the host."

    ABI_ORDER "E1007" "entries out of order, or twice"
"Lists in frames and records are sorted and hold nothing twice, so that equal decisions are
equal bytes. Whoever wrote these did not keep to it."

    ABI_RESERVED "E1008" "a reserved field is not zero"
"Reserved fields are zero until a later version gives them a meaning. Update the host, or
correct whoever writes the frame."

    ABI_VALUE "E1009" "a value of another type"
"A value does not have the type of its attribute or parameter. `riegel inspect` lists both."

    ABI_TEXT "E1010" "a text is not UTF-8"
"Attribute values and parameters are UTF-8. (Content need not be: broken bytes are read as
they are.)"

    ABI_RANGE "E1011" "a value is out of its range"
"A parameter lies outside the range that the policy declares, a list has too many elements,
or an element is longer than 255 bytes. `riegel inspect` shows the ranges."

    ABI_PART "E1012" "a part lies outside the content"
"Parts stand in ascending order, do not overlap, and lie inside the content."

    ABI_SIZE "E1013" "more than the structure can hold"
"Lengths are 32-bit numbers. Split the event."

    ABI_POLICY "E1014" "the record does not belong to this policy"
"The record names a build, rule, obligation or detector that the policy does not have. Use
the module that made the decision."

    ABI_CONTRADICTION "E1015" "two fields of a record contradict each other"
"For example an effective verdict stronger than the verdict. The record is damaged and was
refused."

    TOO_LARGE "E2001" "the module is larger than this host takes"
"The limit protects the host from compiling forever. It can be raised where the host is set
up (`Limits::module_bytes`). A policy of ordinary size is below one megabyte."

    NO_DIGEST "E2002" "the module has no digest"
"The last section of a module is `riegel.digest`, with the SHA-256 of everything before it.
A file without it was cut off, or changed by a tool after it was built. Build it again with
`riegel build`; no tool may touch a module afterwards."

    DIGEST "E2003" "the module was damaged"
"The digest at the end of the module does not fit its bytes: at least one bit differs from
what the compiler wrote. Fetch or build it again. Until then the host blocks. (The digest
finds damage; whoever changes a module on purpose can compute it anew. Against that there
are signatures.)"

    MALFORMED "E2004" "the module is not well-formed WebAssembly"
"The digest fits, but a section cannot be read, or the file is not WebAssembly at all. Build
it again with `riegel build`, and report the policy if it happens again."

    IMPORTS "E2005" "the module has imports"
"A Riegel module is closed: it imports nothing, so that it can reach no clock, no network and
no other tenant. This file is some other WebAssembly module, or was linked by other tools."

    EXPORTS "E2006" "the module does not export what a host needs"
"A module of ABI version 1 exports `memory`, `abi_version`, `reserve`, `decide` and
`configure` with the types that `docs/abi.md` gives. This file is some other module."

    SECTION "E2007" "a section of the module cannot be read"
"The module says what it is in the sections `riegel.schema`, `riegel.policy`, `riegel.bound`
and `riegel.selftest`. One of them is missing, stands there twice, is not the JSON that
this host knows, or says what no policy can say (`on_error allow`). A newer compiler may have written it: update this host."

    ABI "E2008" "the module has another ABI version"
"Host and module must speak the same ABI version. A higher number in the module means: update
this host. A lower one: build the policy again with this `riegel`."

    BOUND "E2009" "the module may cost more than this host allows"
"Every module carries an upper bound of its cost (steps per byte of content, memory). This
one is above the limits of the host. The usual causes are patterns with long bounded
repeats and lists of many words; `riegel inspect` shows the bound."

    COMPILE "E2010" "the module cannot be compiled"
"The module is well-formed, but not valid WebAssembly, or it uses a feature that hosts keep
switched off (threads, 64-bit memory, relaxed SIMD). Build it again with `riegel build`."

    SELFTEST "E2011" "the module fails its own self-test"
"A module carries vectors: events with the exact bytes of their decision. On this machine one
of them came out differently, or not at all. The module must not decide here. Please report
it with the output of `riegel inspect` and the kind of processor."

    CAPABILITY "E2012" "this runtime cannot run modules"
"A module needs WebAssembly with SIMD, and a host in JavaScript needs WebCrypto for the digest.
One of them is missing, or forbidden: a page needs https (or localhost) and `'wasm-unsafe-eval'`
in the `script-src` of its content security policy; workerd takes modules compiled beforehand."

    EVENT_JSON "E3001" "the event is not the JSON it should be"
"An event is one JSON object: attributes, and the content. The place is line and column, or a
JSON pointer. An example:

  {\"action\": \"paste\", \"destination\": {\"host\": \"chatgpt.com\"}, \"content\": \"…\"}"

    UNKNOWN_ATTRIBUTE "E3002" "the policy has no such attribute"
"The policy declares which attributes an event may have (`attribute …`, or `use lib.event`).
A name that it does not know is an error, so that a slip of the pen does not switch a rule
off. `riegel inspect FILE` lists the attributes."

    WRONG_TYPE "E3003" "the value does not have the attribute's type"
"bool: `true` or `false`; int: a whole number of 32 bits; date: `\"2027-01-31\"`; string, host
and enum: a text; set: a list of texts. `null` stands for an absent attribute."

    NOT_A_HOST "E3004" "this is not a host name"
"A host is a name alone, such as `chat.example.com`: no scheme, no port, no path. Names with
letters beyond ASCII are taken and turned into their `xn--` form."

    CONTENT "E3005" "the content of the event cannot be used"
"`content` is a text, or a list of parts `{\"role\": \"user\", \"direction\": \"outbound\", \"text\": \"…\"}`.
Roles are system, user, assistant, tool, document, other; directions outbound and inbound.
Instead of `content` there may be `content_file`, a path relative to the event's file."

    TWICE "E3006" "an attribute or a key is given twice"
"Attributes may be nested (`{\"user\": {\"id\": \"u1\"}}`) or dotted (`{\"user.id\": \"u1\"}`), but each
only once. The same holds for every key of an object: where it stands twice, programs differ
about which of the two counts, and what was checked might not be what is sent."

    UNKNOWN_VALUE "E3007" "the attribute does not know this value"
"The attribute is an enum, and its values are fixed by the policy. An unknown value counts as
not sent: the attribute's default applies, and the record says so. This is a warning."

    DATE "E3008" "this is not a date"
"Dates are written `YYYY-MM-DD` and must exist in the calendar: `2027-02-28`, not
`2027-02-30`."

    TRAP "E4001" "the module stopped with a trap"
"The module reached an instruction that cannot be executed, which must never happen. The
decision is the policy's `on_error`. The instance was thrown away. Please report it."

    TIME_OUT "E4002" "the decision took too long"
"The host stopped the module after several times the time that its own bound allows, or after
the longest time that a decision gets here (60 seconds, if nobody set another). The decision is
the policy's `on_error`. Split the text; a machine under heavy load can cause it, too. If it
stays with short texts, please report the policy."

    MEMORY "E4003" "there is not enough memory for this content"
"The module asks for more memory than the host gives to one decision. The decision is the
policy's `on_error`. Split the content, or raise the host's memory limit."

    RECORD "E4004" "the decision record is not well-formed"
"A host checks every pointer, length and code in a record before it believes one. This record
did not pass. The decision is the policy's `on_error`. Please report it."

    FRAME "E4005" "the event cannot be written for this module"
"The event does not fit the schema of the module: too many values, or a text beyond 4 GB. The
decision is the policy's `on_error`."

    CONTENT_SIZE "E4006" "the content is longer than this host takes"
"The decision is the policy's `on_error`. Split the content into several events, or raise
`Limits::content_bytes` where the host is set up."

    INSTANCE "E4007" "no instance of the module could be made"
"All instances are in use, or the system gave no memory. The decision is the policy's
`on_error`. Try again, or allow more instances."

    CONFIGURE "E4101" "the parameters were refused"
"Parameters are taken all or nothing. One of them is unknown, has another type, or lies
outside its range; the earlier configuration stays in force. `riegel inspect FILE` lists
parameters with type, range and default."

    SCAN_LINE "E5001" "a line cannot be scanned"
"With `--jsonl` every line of the input is a JSON object with two texts:
`{\"id\": \"17\", \"text\": \"…\"}`. The other lines were scanned; the exit code is 1."

    SCAN_FAILED "E5002" "a text was not scanned to its end"
"The module stopped on this text, so its findings are not known. The other texts were
scanned; the exit code is 1. Split the text: what many detectors look at twice, such as
megabytes of single digits, takes them long."

    SCAN_TRUNCATED "E5003" "a text has more findings than are listed"
"One detector found more than the policy's `max_findings` in one text. The listed findings
are right, but there are more. Split the text, or raise `max_findings` in the policy."

    UNREADABLE "E6001" "a file cannot be read"
"The file is missing, is a directory, or this user may not read it. The message names the
system's reason. Check the path; it is relative to the current directory."

    UNWRITABLE "E6002" "a file cannot be written"
"The directory is missing, the disk is full, or this user may not write there. Nothing was
left half-written under the name that was asked for. Choose another place with `-o`."

    NOT_A_POLICY "E6003" "this is not the policy or module that is needed here"
"A policy is a text that ends in `.riegel` and begins with a `policy` header; a module starts
with the four bytes `\\0asm`. This is neither, or a module where a text is needed, or a text
without header (a library, or a file that was cut off), which has no rules and would allow
everything, or something without detectors where texts are to be scanned. A policy's text must
be UTF-8."

    ARGUMENT "E6004" "an argument has a value that cannot be used"
"A date is written `2027-01-31`; a parameter `name=value`, where lists are separated by
commas and a key is a file, `name=@FILE`. `riegel inspect FILE` lists the parameters of a policy
with type and range."

    NO_SUCH_CODE "E6005" "no such code"
"Codes are printed in brackets: `R` and four digits for what is wrong in a policy, `E` and
four digits for everything else. `riegel explain --list` prints all of them."

    TIME_ZONE "E6006" "the time zone is not known"
"`today` is computed in the policy's time zone (`time_zone` in its header, an IANA name such
as `Europe/Berlin`). Correct the name, or say what day it is with `--today 2027-01-31`."

    NO_TESTS "E6007" "the policy has no tests"
"`riegel test` ran nothing, which must not look like success. Add a `test \"…\" { … }` block
to the policy: an event with `given` and `text`, and what must come out with `expect`."

    NOT_A_DOCUMENT "E6008" "a document cannot be read"
"Text (UTF-8, UTF-16 with its mark, Windows-1252), CSV, Word (`.docx`) and PDF with text can be
read. The file is damaged, is locked with a password, holds pictures only, or is something else.
Save it as text, and name that."

    UNFIT_VALUE "E6009" "a value cannot be hashed"
"A value of a hashed list has one to eight words and at most 63 letters and digits; a fingerprint
needs documents of at least five words. The message names the row, never the value."

    NO_EVENTS "E6010" "there are no events"
"`riegel simulate` decided nothing, which must not look like a harmless week. The file is empty:
write one event a line, each a JSON object as `riegel decide --event` reads it."

    PORT "E6020" "the port is not free"
"`riegel playground` listens on a port of this machine, for this machine only. Another program has
the port, or this user may not take it. Name another one with `--port`; `--port 0` takes a free one."

    VAULT "E7001" "a sealed vault does not open"
"A vault opens with the key and under the name of the conversation with which it was sealed, and
only where no byte was changed. Nothing was read from it. Check key and name; where the key is
lost, begin a new conversation: placeholders of the old one stay as they are."

    UNSIGNED "E8001" "the file is not signed"
"This host takes signed files only, and this one has no signature. Sign it with `riegel sign`, or fetch
the signed one. A module that was signed and lost its signature was changed by a tool."

    SIGNATURE_FORM "E8002" "a signature cannot be read, or something cannot be signed"
"A module is signed by its first section, `signature`, and data by a head of text; `docs/signing.md`
has both to the byte. Here something stands that is neither: another version of the convention,
another algorithm, more than eight signatures, two by one key, or damage. What is to be signed must be
a module that says which policy it is, or data with `--policy`, `--name` and `--version`."

    FOREIGN "E8003" "no trusted key has signed the file"
"It is signed, but by keys that are not in the trust set. Either the file is not from whom you think,
or the trust set lacks a new key: compare the ids (`riegel verify-signature`, `riegel trust show`) and
ask whoever signs by another way than the one on which the file came. Then `riegel trust add`."

    SIGNATURE "E8004" "the signature does not fit"
"The file, or its signature, differs from what was signed. It was damaged, or changed on purpose. Fetch
it again; if it stays so, find out who can write where it came from."

    REVOKED "E8005" "the key was revoked"
"The file is signed by a key that the trust set has given up. It counts for nothing, also for what
was signed before. Sign the file with a key in use, once you know that the file is good."

    KEY_DAY "E8006" "the key does not count on this day"
"The trust set says from when and until when a key counts, and today is outside. Sign the file with the
current key; in a change of keys sign with both, until every host knows the new one. A wrong clock
shows the same."

    OLDER "E8007" "the version is older than the lowest that is taken"
"A rightly signed, older file would bring back rules that were mended since. Versions are compared as
Semantic Versioning says; the lowest one is mostly the one that was taken last. To go back on purpose,
give the old rules a new, higher version."

    OTHER_FILE "E8008" "the file is for another policy, tenant or name"
"The signature is right, but the file was made for something else: another policy, another tenant, or
other data of the same policy. It must not take this one's place. Check which file goes where."

    TRUST "E8009" "the trust set cannot be read"
"A trust set is JSON; `riegel trust add` writes it:

  { \"keys\": [ { \"key\": \"01…\", \"name\": \"Build 2027\", \"from\": \"2027-01-01\", \"until\": \"2028-01-31\" } ] }

`key` is needed, 66 hexadecimal digits; `name`, `from`, `until` and `revoked` are not. Anything else in
it is refused, so that a slip of the pen does not trust too much."

    NO_KEY "E8010" "the file holds no such key"
"`riegel key FILE --signing` makes a pair: FILE signs and stays secret, FILE.pub verifies and goes into
trust sets. This is the other half of the two, a key for hashed lists, or damaged."

    CONFIG "E9001" "the configuration cannot be used"
"`riegel.toml` in the folder of policies has these keys, all optional:
  listen, data, database, open_on_loopback
  [tls]       certificate, key, clients
  [limits]    connections, header_bytes, header_seconds, body_seconds, stop_seconds, instances
  [traces]    endpoint, share, authority
  [mail]      server, from, user, console, authority
  [[identity]]      issuer, audience, jwks, roles_claim, person, authority, tenants
  [tenants.NAME]    policy, oci, oci_seconds, layers, parameters, record_allowed, retention_days, pseudonym_days,
                    approval_hours, approvers, two_persons, webhook, webhook_secret, mail, published,
                    trust, policy_id, lowest_version
  [[tenants.NAME.send]]  to, form, authority
  [tenants.NAME.limits]  requests_per_second, burst, body_bytes, bytes_per_second, concurrent,
                    memory_bytes, decision_ms, cpu_ms_per_second, open_approvals
A `tenant.toml` in a tenant's own folder has the keys of `[tenants.NAME]`. An unknown key is an
error, because a misspelt limit would be no limit."

    STORE "E9002" "the store failed"
"The host keeps audit records, keys, approvals and versions in SQLite or PostgreSQL. What cannot be
recorded is not answered: the request gets status 503 and counts as not decided. Check the disk,
or whether the database can be reached."

    WHO "E9003" "nobody that is known"
"Send `Authorization: Bearer` with an API key (`riegel api-key` makes one) or a token of the
identity provider in `riegel.toml`. A key may have expired or been revoked."

    MAY_NOT "E9004" "no right to do that here"
"The key is known, and has no role at this tenant that allows this. Rights hold for one tenant, or
for all (`*`); an administrator gives them. The answer is the same where no such tenant exists."

    NOTHING "E9005" "there is nothing at this address"
"The tenant, version, approval or file does not exist (any more). `/openapi.json` lists every
address."

    LATER "E9006" "too many requests"
"The tenant has reached its limit of requests, bytes, processor time or open approvals. Nothing was
decided. Wait as long as the header `Retry-After` says."

    BODY "E9007" "the body of the request cannot be taken"
"It is longer than the tenant may send, came too slowly, or ended before its announced length."

    REQUEST "E9008" "the request is not as it is described"
"Method, type of the body, or one of its fields does not fit. `/openapi.json` describes every
request."

    CONFLICT "E9009" "it contradicts how things stand"
"For example: an approval was decided by somebody else already; whoever gave a version wants to
activate it, where two persons are asked for. Look at the present state, and decide again."

    NO_POLICY "E9010" "the tenant has no policy that works"
"Every decision of the tenant is `block` until it has one. Name a policy in its `tenant.toml`, or
activate a version; `GET /v1/tenants/NAME/policy` says what is wrong."

    SUSPENDED "E9011" "the tenant's module rests"
"It ran into its time or memory limit, or trapped, several times in a row. So that other tenants do
not wait, it is not asked for some seconds; decisions get the policy's `on_error`. It is tried
again by itself."

    REGISTRY "E9013" "a registry does not give the module"
"The registry cannot be reached, does not let this host read, or what lies there is no module, or
not the one that its digest names. The tenant keeps the module that it has, and the registry is
asked again after `oci_seconds`. `RIEGEL_OCI_USER` and `RIEGEL_OCI_PASSWORD` say who asks."

    SENDING "E9014" "another system does not take what is sent"
"The log of a tenant goes to syslog or HTTP (`send`), and the receiver cannot be reached or refuses.
Nothing is lost: the log stays in the store, and what is missing there is sent as soon as it is taken."

    AUDIT "E9012" "the audit log does not verify"
"A record, a chain or a checkpoint is missing or was changed after it was written. The report says
which. Keep the store as it is, compare it with a backup, and find out who could write to it."
}
