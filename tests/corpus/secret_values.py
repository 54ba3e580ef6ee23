"""Secrets, put together from pieces when a document is written.

A prefix is always cut in two here, so that no file of this repository holds what a scanner
for leaked keys would take for one. The values are random.
"""

import base64
import json
import string

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM, HEX = LOWER + UPPER + DIGITS, DIGITS + "abcdef"
URL, B64 = ALNUM + "-_", ALNUM + "+/"


def of(rng, alphabet, size):
    return "".join(rng.choices(alphabet, k=size))


def b64(raw):
    return base64.b64encode(raw).decode()


def b64url(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwt(rng):
    head = b64url(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = b64url(json.dumps({"sub": of(rng, DIGITS, 10), "iat": rng.randint(1600000000, 1800000000)}).encode())
    return f"{head}.{body}.{of(rng, URL, 43)}"


def pem(rng):
    kind = rng.choice(("RSA ", "EC ", "", "OPENSSH "))
    lines = "\n".join(of(rng, B64, 64) for _ in range(6))
    return f"-----BEGIN {kind}PRI" + f"VATE KEY-----\n{lines}\n-----END {kind}PRI" + "VATE KEY-----"


def password(rng):
    word = rng.choice(("Sommer", "Tiger", "Kaffee", "Berlin", "Winter", "Welcome", "Hafen", "Rakete"))
    return rng.choice((word + of(rng, DIGITS, 2) + rng.choice("!?#$"), of(rng, ALNUM, 12) + rng.choice("!%&"), word.lower() + of(rng, UPPER, 2) + of(rng, DIGITS, 3),
                       of(rng, LOWER, 4) + "-" + of(rng, UPPER, 3) + of(rng, DIGITS, 4)))


MAKERS = {
    "secret.private_key": pem,
    "secret.jwt": jwt,
    "secret.aws_access_key_id": lambda r: "AK" + "IA" + of(r, UPPER + "234567", 16),
    "secret.aws_secret_key": lambda r: of(r, B64, 40),
    "secret.gcp_api_key": lambda r: "AI" + "za" + of(r, URL, 35),
    "secret.google_oauth": lambda r: "GOC" + "SPX-" + of(r, URL, 28),
    "secret.azure_storage_key": lambda r: b64(r.randbytes(64)),
    "secret.azure_client_secret": lambda r: of(r, ALNUM, 3) + "8" + "Q~" + of(r, ALNUM + "_~.-", 34),
    "secret.github_pat": lambda r: "github" + "_pat_" + of(r, ALNUM, 22) + "_" + of(r, ALNUM, 59),
    "secret.gitlab": lambda r: "gl" + "pat-" + of(r, URL, 20),
    "secret.pypi": lambda r: "pypi" + "-AgEIcHlwaS5vcmc" + of(r, URL, 80),
    "secret.dockerhub": lambda r: "dckr" + "_pat_" + of(r, URL, 27),
    "secret.openai": lambda r: "sk-" + "proj-" + of(r, URL, 40) + "T3Blbk" + "FJ" + of(r, URL, 40),
    "secret.anthropic": lambda r: "sk-" + "ant-api03-" + of(r, URL, 93) + "AA",
    "secret.huggingface": lambda r: "h" + "f_" + of(r, LOWER + UPPER, 34),
    "secret.groq": lambda r: "gs" + "k_" + of(r, ALNUM, 52),
    "secret.slack_token": lambda r: "xo" + "xb-" + of(r, DIGITS, 12) + "-" + of(r, DIGITS, 12) + "-" + of(r, ALNUM, 24),
    "secret.slack_webhook": lambda r: "https://hooks." + "slack.com/services/T" + of(r, UPPER + DIGITS, 8) + "/B" + of(r, UPPER + DIGITS, 10) + "/" + of(r, ALNUM, 24),
    "secret.telegram": lambda r: of(r, "123456789", 10) + ":" + "AA" + of(r, URL, 33),
    "secret.sendgrid": lambda r: "S" + "G." + of(r, URL, 22) + "." + of(r, URL, 43),
    "secret.stripe": lambda r: "sk" + "_live_" + of(r, ALNUM, 24),
    "secret.shopify": lambda r: "shp" + "at_" + of(r, HEX, 32),
    "secret.vault": lambda r: "hv" + "s." + of(r, URL, 95),
    "secret.digitalocean": lambda r: "do" + "p_v1_" + of(r, HEX, 64),
    "secret.databricks": lambda r: "da" + "pi" + of(r, HEX, 32),
    "secret.hubspot": lambda r: "pat-" + "eu1-" + "-".join(of(r, HEX, n) for n in (8, 4, 4, 4, 12)),
    "secret.mailchimp": lambda r: of(r, HEX, 32) + "-" + "us" + str(r.randint(1, 20)),
    "secret.wireguard": lambda r: b64(r.randbytes(32)),
    "secret.password_assignment": password,
    "secret.wifi": lambda r: of(r, ALNUM, 14),
    "secret.generic": lambda r: of(r, ALNUM, 32),
    "secret.db_uri": lambda r: of(r, ALNUM, 14),
    "secret.url_credentials": lambda r: of(r, ALNUM, 12),
    "secret.auth_header": lambda r: of(r, ALNUM, 40),
    "secret.password_hash": lambda r: "$2" + "b$12$" + of(r, ALNUM + "./", 53),
    "secret.license_key": lambda r: "-".join(of(r, UPPER + DIGITS, 4) + r.choice(DIGITS) for _ in range(5)),
    "secret.totp": lambda r: of(r, UPPER + "234567", 32),
    "secret.sentry": lambda r: f"https://{of(r, HEX, 32)}@o{of(r, DIGITS, 6)}.ingest.sentry.io/{of(r, DIGITS, 7)}",
    "secret.hetzner": lambda r: of(r, ALNUM, 64),
    "secret.bitbucket": lambda r: "ATA" + "TT3" + of(r, URL, 186),
    "secret.terraform": lambda r: of(r, ALNUM, 14) + ".atl" + "asv1." + of(r, ALNUM, 64),
}


def make(kind, rng):
    return MAKERS[kind](rng)
