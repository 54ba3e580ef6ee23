"""The edge host beside real programs: nginx, Envoy, an OpenID provider, schemathesis.

`cargo xtask edge` installs them and runs this: python tests/edge/neighbours.py RIEGEL [SECONDS]
"""

import base64
import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import requests
from joserfc import jwk, jwt
import oidc_provider_mock

RIEGEL = os.path.abspath(sys.argv[1])
SECONDS = sys.argv[2] if len(sys.argv) > 2 else "40"
POSTGRES = os.environ.get("RIEGEL_TEST_POSTGRES")
HERE = pathlib.Path(__file__).parent
BIN = pathlib.Path(sys.executable).parent


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def say(text):
    print(f"  {text}", flush=True)


@contextlib.contextmanager
def running(command, port, name, log, **more):
    """A program that listens; its output goes to a file that is shown when it does not start."""
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **more)
        try:
            for _ in range(300):
                if process.poll() is not None:
                    break
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 0.2).close()
                    break
                time.sleep(0.05)
            else:
                process.kill()
            if process.poll() is not None:
                sys.exit(f"{name} did not start:\n{pathlib.Path(log).read_text()[-3000:]}")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


class Keys(http.server.BaseHTTPRequestHandler):
    """A provider of which only the keys are asked: what it signs, the test decides."""

    shown = []

    def do_GET(self):
        body = json.dumps({"keys": Keys.shown}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Upstream(http.server.BaseHTTPRequestHandler):
    """What lies behind the proxies: says what reached it."""

    protocol_version = "HTTP/1.1"
    reached = []
    pieces = []

    def whole(self):
        """The body, to its end: what Envoy streams has no length, and an answer before its end is no test."""
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            Upstream.pieces.append(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_POST(self):
        try:
            body = self.whole()
        except (ValueError, OSError):
            self.close_connection = True
            return
        Upstream.reached.append(body)
        pieces = b'data: {"delta": {"content": "sto"}}\n\ndata: {"delta": {"content": "pp"}}\n\ndata: [DONE]\n\n'
        answer = pieces if b"Ereignissen" in body else b"Antwort: stopp" if b"antworte" in body else b"upstream"
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_):
        pass


def api_key(folder, *grants):
    command = [RIEGEL, "api-key", str(folder), "--name", "neighbours"]
    for grant in grants:
        command += ["--grant", grant]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")
    say(what)


def openid(base, provider):
    """A person signs in at a real provider; the host believes what the provider signed."""
    issuer = f"http://127.0.0.1:{provider.server_port}"

    def token(person, roles, client="riegel"):
        requests.put(f"{issuer}/users/{person}", json={"riegel_roles": roles}, timeout=10).raise_for_status()
        ask = {"client_id": client, "redirect_uri": "http://localhost/back", "response_type": "code",
               "scope": "openid", "state": "x", "nonce": "n"}
        granted = requests.post(f"{issuer}/oauth2/authorize", params=ask, data={"sub": person},
                                allow_redirects=False, timeout=10)
        code = urllib.parse.parse_qs(urllib.parse.urlparse(granted.headers["location"]).query)["code"][0]
        answer = requests.post(f"{issuer}/oauth2/token", timeout=10, auth=(client, "secret"), data={
            "grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost/back"})
        return answer.json()["id_token"]

    def status(path, given):
        return requests.get(base + path, headers={"authorization": f"Bearer {given}"}, timeout=10).status_code

    good = token("anna", ["demo:viewer", "other:administrator", "*:administrator"])
    me = requests.get(f"{base}/v1/me", headers={"authorization": f"Bearer {good}"}, timeout=10).json()
    check(me["grants"] == [{"tenant": "demo", "role": "viewer"}], "OpenID: roles come from the provider's claim, for its own tenants alone")
    check(status("/v1/tenants/demo/audit", good) == 200, "OpenID: a viewer reads the log")
    check(status("/v1/tenants/other/audit", good) == 403, "OpenID: and no other tenant's")
    check(status("/v1/me", token("eve", ["demo:viewer"], "another-client")) == 401,
          "OpenID: a token for another program is not taken")
    head, body, signature = good.split(".")

    def decoded(part):
        return json.loads(base64.urlsafe_b64decode(part + "=="))

    def encoded(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = decoded(body)
    more = {**claims, "riegel_roles": ["*:administrator"]}
    forged = {
        "claims that were changed": f"{head}.{encoded(more)}.{signature}",
        "alg none": f"{encoded({'alg': 'none'})}.{encoded(more)}.",
        "no signature": f"{head}.{encoded(more)}.",
        "another signature": f"{head}.{body}.{signature[:-8]}AAAAAAAA",
    }
    own = jwk.RSAKey.generate_key(2048)
    forged["somebody else's key"] = jwt.encode(
        {"alg": "RS256", "kid": decoded(head).get("kid", "x")}, more, own)
    public = requests.get(f"{issuer}/jwks", timeout=10).text
    forged["the public key as a shared secret"] = jwt.encode(
        {"alg": "HS256"}, more, jwk.OctKey.import_key(public.encode()))
    for what, given in forged.items():
        check(status("/v1/me", given) == 401, f"OpenID: {what}: not taken")


NGINX = """
pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      auth_request /riegel;
      auth_request_set $verdict $upstream_http_riegel_verdict;
      add_header riegel-verdict $verdict always;
      proxy_pass http://127.0.0.1:{upstream};
    }}
    location = /riegel {{
      internal;
      proxy_pass http://127.0.0.1:{riegel}/v1/tenants/attributes/authorize;
      proxy_pass_request_body off;
      proxy_pass_request_headers off;
      proxy_set_header Content-Length "";
      proxy_set_header Authorization "Bearer {key}";
      proxy_set_header Riegel-Attribute-Action "paste";
      proxy_set_header Riegel-Attribute-Destination.host $http_x_destination;
    }}
  }}
}}
"""


def nginx(folder, riegel, upstream, key):
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, riegel=riegel, upstream=upstream, key=key))
    with running(["nginx", "-c", str(config), "-p", str(folder)], port, "nginx", folder / "nginx.out"):
        def ask(host, **more):
            return requests.get(f"http://127.0.0.1:{port}/", headers={"x-destination": host, **more}, timeout=10)
        fine, stopped = ask("good.example"), ask("bad.example")
        check(fine.status_code == 200 and fine.headers["riegel-verdict"] == "allow", "nginx: lets through")
        heard = (stopped.status_code, stopped.headers.get("riegel-verdict"))
        check(heard == (403, "block"), f"nginx: stops {heard}")
        said = ask("good.example", **{"riegel-attribute-trusted": "true", "riegel-attribute-user.id": "chef"})
        check(said.status_code == 200, "nginx: what a client calls an attribute is none")


def tokens(base):
    """Tokens that are rightly signed, and yet not to be believed; and a change of keys."""
    def key(kid):
        return jwk.ECKey.generate_key("P-256", {"kid": kid}, private=True)

    def public(key, **more):
        return {**key.as_dict(private=False), **more}

    now = int(time.time())
    fine = {"iss": "https://ids.example", "aud": "riegel", "sub": "bert", "exp": now + 600,
            "riegel_roles": ["other:viewer", "demo:administrator", "*:administrator"]}

    def status(signer, head=None, **changed):
        claims = {name: value for name, value in {**fine, **changed}.items() if value is not None}
        token = jwt.encode({"alg": "ES256", "kid": signer.kid, **(head or {})}, claims, signer)
        return requests.get(f"{base}/v1/tenants/other/audit", timeout=10,
                            headers={"authorization": f"Bearer {token}"}).status_code

    first, second, other, slow = key("k1"), key("k2"), key("e1"), key("a1")
    Keys.shown = [public(first), public(other, use="enc"), public(slow, alg="ES384")]
    check(status(first) == 200, "tokens: a right one is taken")
    for what, changed in {
        "expired": {"exp": now - 90}, "not valid yet": {"nbf": now + 300}, "without an end": {"exp": None},
        "for another program": {"aud": "else"}, "without a program": {"aud": None},
        "of another issuer": {"iss": "https://ids.example/x"}, "without a person": {"sub": None},
    }.items():
        check(status(first, **changed) == 401, f"tokens: {what}: not taken")
    check(status(other) == 401, "tokens: signed by a key for encryption: not taken")
    check(status(slow) == 401, "tokens: signed with another algorithm than the key is for: not taken")
    for kid in ["../../k1", "k1' OR '1'='1", "", "k" * 4000, "unknown"]:
        check(status(first, {"kid": kid}) == 401, f"tokens: the key's name is {kid[:20]!r}: not taken")
    check(status(second) == 401, "tokens: a key that is not published: not taken")
    Keys.shown = [public(second)]
    for _ in range(150):
        if status(second) == 200:
            return check(True, "tokens: a new key is taken once it is published")
        time.sleep(0.1)
    sys.exit("failed: tokens: a new key is never taken")


def tls(folder):
    """TLS, and a certificate of everybody who connects."""
    folder = folder / "tls"
    folder.mkdir()

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    for name in ["authority", "stranger"]:
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
    for name, signer in [("host", "authority"), ("client", "authority"), ("other", "stranger")]:
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-days", "2",
                "-extfile", "names", "-out", f"{name}.pem")
    own = folder / "secured"
    own.mkdir()
    shutil.copy(HERE / "demo.riegel", own / "demo.riegel")
    place = json.dumps(str(folder))[1:-1]
    settings = f'[tls]\ncertificate = "{place}/host.pem"\nkey = "{place}/host.key"\n'
    for mutual in [False, True]:
        (own / "riegel.toml").write_text(settings + (f'clients = "{place}/authority.pem"\n' if mutual else ""))
        port = free_port()
        with running([RIEGEL, "serve", "--listen", f"127.0.0.1:{port}", str(own)], port, "riegel", folder / "tls.log"):
            def ask(cert=None, verify=str(folder / "authority.pem"), scheme="https"):
                pair = cert and (str(folder / f"{cert}.pem"), str(folder / f"{cert}.key"))
                try:
                    return requests.get(f"{scheme}://127.0.0.1:{port}/healthz", cert=pair, verify=verify,
                                        timeout=10).status_code
                except requests.exceptions.ConnectionError:
                    return None
            check(ask("client") == 200, f"TLS: answers (clients show certificates: {mutual})")
            check(ask(verify=str(folder / "stranger.pem")) is None, "TLS: its certificate is its own")
            check(ask(scheme="http") is None, "TLS: nothing is said without it")
            if mutual:
                check(ask() is None and ask("other") is None, "TLS: who shows no certificate, or another's, is not let in")
            else:
                renewed(folder, ask)


def renewed(folder, ask):
    """A certificate that is renewed is taken up by the running host, once it fits its key."""
    kept = {name: (folder / name).read_bytes() for name in ["host.pem", "host.key"]}
    stranger = str(folder / "stranger.pem")
    shutil.copy(folder / "other.key", folder / "host.key")
    time.sleep(2.5)
    check(ask() == 200 and "the old certificates stay" in (folder / "tls.log").read_text(),
          "TLS: half a renewal changes nothing")
    shutil.copy(folder / "other.pem", folder / "host.pem")
    for _ in range(100):
        if ask(verify=stranger) == 200:
            break
        time.sleep(0.1)
    check(ask(verify=stranger) == 200 and ask() is None, "TLS: a renewed certificate is taken up without a restart")
    for name, content in kept.items():
        (folder / name).write_bytes(content)


# How Envoy must not send what the host is to decide on: request, answer.
MODES = {"pieces": ("STREAMED", "BUFFERED"), "nothing": ("NONE", "BUFFERED"), "answers": ("BUFFERED", "STREAMED")}


def envoy_config(kind, port, upstream, riegel, key):
    service = {
        "envoy_grpc": {"cluster_name": "riegel"}, "timeout": "5s",
        "initial_metadata": [
            {"key": "authorization", "value": f"Bearer {key}"}, {"key": "riegel-tenant", "value": "demo"},
            {"key": "riegel-attribute-action", "value": "paste"}],
    }
    if kind == "authz":
        filter = {"name": "authz", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
            "transport_api_version": "V3", "grpc_service": service, "failure_mode_allow": False,
            "with_request_body": {"max_request_bytes": 8192, "allow_partial_message": True,
                                  "pack_as_bytes": True}}}
    else:
        request, response = MODES.get(kind, ("BUFFERED", "BUFFERED"))
        filter = {"name": "process", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
            "grpc_service": service, "failure_mode_allow": False, "message_timeout": "5s",
            "processing_mode": {"request_header_mode": "SEND", "response_header_mode": "SEND",
                                "request_body_mode": request, "response_body_mode": response}}}
    router = {"name": "router", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}

    def cluster(name, to, http2):
        found = {"name": name, "type": "STATIC", "load_assignment": {"cluster_name": name, "endpoints": [
            {"lb_endpoints": [{"endpoint": {"address": {"socket_address": {
                "address": "127.0.0.1", "port_value": to}}}}]}]}}
        if http2:
            found["typed_extension_protocol_options"] = {
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    "explicit_http_config": {"http2_protocol_options": {}}}}
        return found

    return {"static_resources": {
        "listeners": [{"name": "in", "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
            "filter_chains": [{"filters": [{"name": "http", "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network."
                         "http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": "in", "http_filters": [filter, router],
                "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
                    {"match": {"prefix": "/"}, "route": {"cluster": "upstream"}}]}]}}}]}]}],
        "clusters": [cluster("upstream", upstream, False), cluster("riegel", riegel, True)]}}


def envoy(folder, riegel, upstream, key):
    program = next(BIN.glob("envoy*"))
    for kind in ["authz", "process", *MODES]:
        port = free_port()
        config = folder / f"envoy-{kind}.json"
        config.write_text(json.dumps(envoy_config(kind, port, upstream, riegel, key)))
        command = [str(program), "-c", str(config), "--base-id", str(port), "--concurrency", "1", "-l", "warn"]
        with running(command, port, "Envoy", folder / f"envoy-{kind}.log"):
            def post(body, **headers):
                return requests.post(f"http://127.0.0.1:{port}/", data=body, timeout=20,
                                     headers={"host": "chat.example", **headers})
            Upstream.reached.clear()
            Upstream.pieces.clear()
            if kind in MODES:
                sent = post(b"harmlos " * 40_000)
                passed = sum(Upstream.pieces) + sum(map(len, Upstream.reached))
                check(sent.status_code == 415, f"Envoy {kind}: refused ({sent.status_code} {sent.text[:80]})")
                check(kind == "answers" or passed == 0, f"Envoy {kind}: nothing of it reached the service ({passed})")
                continue
            fine, stopped = post(b"gut"), post(b"bitte stopp " * 50)
            check((fine.status_code, fine.text) == (200, "upstream"), f"Envoy {kind}: lets through")
            verdict = stopped.headers.get("riegel-verdict")
            heard = (stopped.status_code, verdict)
            check(heard == (403, "block"), f"Envoy {kind}: stops a body {heard} {stopped.text[:200]}")
            check(stopped.json()["rules"][0]["id"] == "stop", f"Envoy {kind}: says which rule")
            escaped = post(b'{"messages": [{"role": "user", "content": "Zeile\\nst\\u006fpp"}]}')
            check(escaped.status_code == 403, f"Envoy {kind}: JSON is read as it reads, not as it is escaped")
            strange = post("stopp".encode("utf-16"))
            check(strange.status_code == 415, f"Envoy {kind}: what is no UTF-8 does not pass")
            packed = post(b"\x1f\x8b..", **{"content-encoding": "gzip"})
            check(packed.status_code == 415, f"Envoy {kind}: what it cannot read does not pass")
            check(Upstream.reached == [b"gut"], f"Envoy {kind}: nothing of it reached the service")
            if kind == "authz":
                large = post(b"gut " * 4000)
                check(large.status_code == 415, "Envoy authz: a body that was cut off does not pass")
            else:
                back = post(b"antworte")
                check(back.status_code == 403, "Envoy process: stops an answer on its way back")
                back = post(b"antworte in Ereignissen")
                check(back.status_code == 403, "Envoy process: stops an answer that comes in pieces")
                asked = requests.get(f"http://127.0.0.1:{port}/", headers={"host": "chat.example"}, timeout=20)
                check(asked.status_code == 200, "Envoy process: a request without a body")


def signed(folder, policies, base, key):
    """Only what a trusted key has signed decides."""
    def riegel(*arguments):
        subprocess.run([RIEGEL, *arguments], cwd=folder, check=True, capture_output=True)

    def build(version, name):
        (folder / f"{name}.riegel").write_text((HERE / "demo.riegel").read_text().replace("1.0.0", version))
        riegel("build", f"{name}.riegel", "-o", f"{name}.wasm")

    def state():
        answer = requests.get(f"{base}/v1/tenants/signed/policy", timeout=10,
                              headers={"authorization": f"Bearer {key}"})
        if answer.status_code != 200:
            return None, None
        policy = answer.json()
        return (policy["stable"] or {}).get("version"), (policy["fault"] or {}).get("code")

    def waits(wanted, what):
        for _ in range(150):
            if state() == wanted:
                return check(True, what)
            time.sleep(0.1)
        sys.exit(f"failed: {what}: {state()}")

    own = policies / "signed"
    own.mkdir()
    for name in ["company", "stranger"]:
        riegel("key", f"{name}.key", "--signing")
    riegel("trust", "add", str(own / "trust.json"), "company.key.pub", "--name", "Test")

    def publish(version, *signers):
        build(version, "signed")
        for signer in filter(None, signers):
            riegel("sign", "signed.wasm", "--key", f"{signer}.key")
        shutil.copy(folder / "signed.wasm", own / "next")
        (own / "next").rename(own / "policy.wasm")

    publish("1.0.0", "company")
    (own / "next").write_text('policy = "policy.wasm"\ntrust = "trust.json"\npolicy_id = "demo"\nlowest_version = "1.0.0"\n')
    (own / "next").rename(own / "tenant.toml")
    waits(("1.0.0", None), "signatures: a module that the company signed decides")
    for version, signer, code in [("2.0.0", None, "E8001"), ("2.0.0", "stranger", "E8003"), ("0.9.0", "company", "E8007")]:
        publish(version, signer)
        waits(("1.0.0", code), f"signatures: signed by {signer}, version {version}: not taken ({code})")
    publish("3.0.0", "company")
    waits(("3.0.0", None), "signatures: the next release is taken")

    def served(known=None):
        answer = requests.get(f"{base}/v1/tenants/signed/module", timeout=10, headers={
            "authorization": f"Bearer {key}", **({"if-none-match": known} if known else {})})
        return answer.status_code, answer.headers.get("etag"), answer.content

    # A change of keys: the same module with another signature reaches those who fetch it.
    _, before, old = served()
    check(old == (own / "policy.wasm").read_bytes() and served(before)[0] == 304, "signatures: the signed file is served")
    riegel("key", "next.key", "--signing")
    riegel("trust", "add", str(own / "trust.json"), "next.key.pub", "--name", "Next")
    publish("3.0.0", "company", "next")
    for _ in range(150):
        status, tag, content = served(before)
        if status == 200:
            break
        time.sleep(0.1)
    check(content == (own / "policy.wasm").read_bytes() and tag != before, "signatures: signed anew, it is served anew")


REGISTRY = """
version: 0.1
storage: {{filesystem: {{rootdirectory: "{folder}/registry"}}}}
http: {{addr: "127.0.0.1:{port}"}}
log: {{accesslog: {{disabled: true}}}}
"""


def push(registry, name, tag, module):
    """As `oras push` does it."""
    def blob(data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        where = requests.post(f"{registry}/v2/{name}/blobs/uploads/", timeout=10).headers["location"]
        joined = where + ("&" if "?" in where else "?") + urllib.parse.urlencode({"digest": digest})
        requests.put(joined, data=data, timeout=10,
                     headers={"content-type": "application/octet-stream"}).raise_for_status()
        return {"digest": digest, "size": len(data)}
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": kind,
                "config": {"mediaType": "application/vnd.riegel.config.v1+json", **blob(b"{}")},
                "layers": [{"mediaType": "application/wasm", **blob(module)}]}
    requests.put(f"{registry}/v2/{name}/manifests/{tag}", data=json.dumps(manifest), timeout=10,
                 headers={"content-type": kind}).raise_for_status()


def oci(folder, policies, base, key):
    """A module from a registry; what is pushed later is taken later, what is damaged is not."""
    def built(version):
        text = (HERE / "demo.riegel").read_text().replace("1.0.0", version)
        (folder / "oci.riegel").write_text(text)
        subprocess.run([RIEGEL, "build", "oci.riegel", "-o", "oci.wasm"], cwd=folder, check=True, capture_output=True)
        return (folder / "oci.wasm").read_bytes()

    def version():
        answer = requests.post(f"{base}/v1/tenants/pulled/decide", timeout=10,
                               headers={"authorization": f"Bearer {key}"},
                               json={"action": "paste", "content": "stopp"}).json()
        return (answer.get("policy") or {}).get("version"), answer.get("effective")

    def waits(wanted, what):
        for _ in range(150):
            if version() == wanted:
                return check(True, what)
            time.sleep(0.1)
        sys.exit(f"failed: {what}: {version()}")

    def again(seconds, what, name):
        """A host of its own, which must be ready soon."""
        own = free_port()
        with running([RIEGEL, "serve", "--listen", f"127.0.0.1:{own}", str(folder / "started")], own, "riegel",
                     folder / f"{name}.log"):
            began, ready = time.time(), 0
            while ready != 200 and time.time() < began + seconds:
                ready = requests.get(f"http://127.0.0.1:{own}/readyz", timeout=10).status_code
            check(ready == 200, what)

    port = free_port()
    config = folder / "registry.yml"
    config.write_text(REGISTRY.format(folder=folder, port=port))
    with running(["docker-registry", "serve", str(config)], port, "the registry", folder / "registry.log"):
        registry = f"http://127.0.0.1:{port}"
        push(registry, "policies/demo", "stable", built("2.0.0"))
        (policies / "pulled").mkdir()
        settings = policies / "pulled" / "tenant.toml"
        settings.with_suffix(".new").write_text(f'oci = "{registry}/policies/demo:stable"\noci_seconds = 1\n')
        settings.with_suffix(".new").rename(settings)
        waits(("2.0.0", "block"), "OCI: the module comes from the registry")
        push(registry, "policies/demo", "stable", built("3.0.0"))
        waits(("3.0.0", "block"), "OCI: what is pushed later is taken")
        (folder / "started" / "pulled").mkdir(parents=True)
        shutil.copy(settings, folder / "started" / "pulled" / "tenant.toml")
        again(3, "OCI: a host starts with what the registry has", "registry")
        push(registry, "policies/demo", "stable", built("4.0.0")[:-9] + b"!damaged!")
        time.sleep(2.5)
        check(version() == ("3.0.0", "block"), "OCI: what is damaged is not taken")
    check(version() == ("3.0.0", "block"), "OCI: the registry may be away")
    again(2, "OCI: it may be away when a host is started again", "away")


def schemathesis(base, key):
    """The whole surface from its description: no 5xx, and every answer as described."""
    config = HERE / "schemathesis.toml"
    command = [str(BIN / "schemathesis"), "--config-file", str(config), "run", f"{base}/openapi.json",
               "--header", f"Authorization: Bearer {key}", "--max-time", SECONDS, "--workers", "2",
               "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance,"
               "status_code_conformance,ignored_auth,unsupported_method", "--suppress-health-check", "all",
               "--phases", "fuzzing,stateful", "--no-color"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE,
                          env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)})
    if done.returncode != 0:
        sys.exit(f"schemathesis found something:\n{done.stdout[-8000:]}{done.stderr[-2000:]}")
    summary = [line.strip() for line in done.stdout.splitlines() if "generated" in line or "Tested" in line]
    say(f"schemathesis: {'; '.join(summary)}")


def shared(folder, policies):
    """The same surface on PostgreSQL, which takes fewer texts than SQLite does."""
    port = free_port()
    place = ["--database", f"{POSTGRES}/postgres", "--data", str(folder / "shared")]
    command = [RIEGEL, "serve", "--listen", f"127.0.0.1:{port}", *place, str(policies)]
    with running(command, port, "riegel", folder / "shared.log") as host:
        made = subprocess.run([RIEGEL, "api-key", *place, str(policies), "--name", "x", "--grant", "*:administrator",
                               "--grant", "*:approver"], check=True, capture_output=True, text=True)
        check(host.poll() is None, "on PostgreSQL, started while somebody else starts")
        schemathesis(f"http://127.0.0.1:{port}", made.stdout.strip())


def encrypted(folder, policies):
    """The same store over TLS: the server's certificate is asked for, and is its own."""
    def psql(command):
        done = subprocess.run(["psql", f"{POSTGRES}/postgres", "-XAtqc", command], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def verify(query):
        place = ["--database", f"{POSTGRES}/postgres?{query}", "--data", str(folder / "shared")]
        done = subprocess.run([RIEGEL, "audit", "verify", *place, str(policies)], capture_output=True, text=True)
        return done.returncode == 0, done.stdout + done.stderr

    own, stranger = (f"sslrootcert={folder}/tls/{name}.pem" for name in ["authority", "stranger"])
    done, said = verify(f"sslmode=verify-full&{own}")
    check(not done and "does not speak TLS" in said, "PostgreSQL: TLS is not given up where the server has none")
    data = pathlib.Path(psql("SHOW data_directory"))
    for ending in ["pem", "key"]:
        file = data / f"server.{ending}"
        shutil.copy(folder / "tls" / f"host.{ending}", file)
        file.chmod(0o600)
        os.chown(file, data.stat().st_uid, data.stat().st_gid)
    for setting in ["ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'", "ssl = on"]:
        psql(f"ALTER SYSTEM SET {setting}")
    psql("SELECT pg_reload_conf()")
    for _ in range(100):
        if psql("SHOW ssl") == "on":
            break
        time.sleep(0.1)
    check(verify(f"sslmode=verify-full&{own}")[0], "PostgreSQL: the log verifies over TLS")
    for query in [f"sslmode=require&{stranger}", "sslmode=verify-full"]:
        done, said = verify(query)
        check(not done and "certificate" in said, f"PostgreSQL: a stranger's certificate is none ({query.split('=')[1].split('&')[0]})")
    check(not verify(f"sslmode=prefer&{own}")[0], "PostgreSQL: TLS is not left to whoever stands between")
    port = free_port()
    place = ["--database", f"{POSTGRES}/postgres?sslmode=verify-full&{own}", "--data", str(folder / "shared")]
    command = [RIEGEL, "serve", "--listen", f"127.0.0.1:{port}", *place, str(policies)]
    with running(command, port, "riegel", folder / "encrypted.log"):
        ssl = psql("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'riegel'")
        check(ssl == "t", "PostgreSQL: every connection of the host is encrypted")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="riegel-edge-"))
    upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    keys = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    for server in [upstream, keys]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with oidc_provider_mock.run_server_in_thread() as provider:
            policies = folder / "policies"
            policies.mkdir()
            shutil.copy(HERE / "demo.riegel", policies / "demo.riegel")
            shutil.copy(HERE / "demo.riegel", policies / "other.riegel")
            shutil.copy(HERE / "attributes.riegel", policies / "attributes.riegel")
            issuer = f"http://127.0.0.1:{provider.server_port}"
            (policies / "riegel.toml").write_text(f'[[identity]]\nissuer = "{issuer}"\naudience = "riegel"\ntenants = ["demo"]\n'
                '[[identity]]\nissuer = "https://ids.example"\naudience = "riegel"\ntenants = ["other"]\n'
                f'jwks = "http://127.0.0.1:{keys.server_port}/keys"\n')
            port = free_port()
            command = [RIEGEL, "serve", "--listen", f"127.0.0.1:{port}", str(policies)]
            with running(command, port, "riegel", folder / "riegel.log"):
                base = f"http://127.0.0.1:{port}"
                program = api_key(policies, "demo:decide", "attributes:decide")
                openid(base, provider)
                tokens(base)
                tls(folder)
                nginx(folder, port, upstream.server_port, program)
                envoy(folder, port, upstream.server_port, program)
                signed(folder, policies, base, api_key(policies, "signed:viewer", "signed:decide"))
                oci(folder, policies, base, api_key(policies, "pulled:decide"))
                schemathesis(base, api_key(policies, "*:administrator", "*:approver"))
            if POSTGRES:
                shared(folder, policies)
                encrypted(folder, policies)
            done = subprocess.run([RIEGEL, "audit", "verify", str(policies)], capture_output=True, text=True)
            check(done.returncode == 0, "the log verifies afterwards")
            log = (folder / "riegel.log").read_text()
            check("panicked" not in log, "the host never panicked")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
