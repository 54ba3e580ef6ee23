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


# The rest by shape: pieces of the prefix, then alphabet and length, and so on.
CAPS, B32 = UPPER + DIGITS, UPPER + "234567"
SHAPES = {
    "adyen": ("test", "_", ALNUM, 30), "airtable": ("pa", "t", ALNUM, 14, ".", HEX, 64), "alibaba": ("LT", "AI", ALNUM, 20),
    "algolia": (HEX, 32), "artifactory": ("AK", "Cp", ALNUM, 69), "asana": ("lin", "_api_", ALNUM, 40),
    "aws_bedrock_key": ("AB", "SK", B64, 128), "azure_devops": (B32.lower(), 52), "brevo": ("xkey", "sib-", HEX, 64, "-", ALNUM, 16),
    "cargo": ("ci", "o", ALNUM, 32), "circleci": ("CCI", "PAT_", ALNUM, 22, "_", HEX, 40), "cloudflare": (URL, 40), "cohere": (ALNUM, 40),
    "datadog": (HEX, 32), "deepseek": ("s", "k-", HEX, 32), "doppler": ("dp", ".pt.", ALNUM, 43), "dynatrace": ("dt0", "c01.", CAPS, 24, ".", CAPS, 64),
    "elevenlabs": ("s", "k_", HEX, 48), "figma": ("fig", "d_", URL, 40), "heroku": ("HRKU", "-AA", URL, 58), "ibm": (URL, 44),
    "langsmith": ("lsv2", "_pt_", HEX, 32, "_", HEX, 10), "mailgun": ("ke", "y-", HEX, 32), "mistral": (ALNUM, 32), "newrelic": ("NR", "AK-", CAPS, 27),
    "notion": ("nt", "n_", ALNUM, 46), "nuget": ("oy", "2", LOWER + DIGITS, 43), "nvidia": ("nv", "api-", URL, 64), "okta": ("0", "0", URL, 40),
    "openrouter": ("sk", "-or-v1-", HEX, 64), "perplexity": ("ppl", "x-", ALNUM, 48), "pinecone": ("pc", "sk_", ALNUM, 6, "_", ALNUM, 63),
    "planetscale": ("psc", "ale_tkn_", URL, 43), "postman": ("PM", "AK-", HEX, 24, "-", HEX, 34), "pulumi": ("pu", "l-", HEX, 40),
    "replicate": ("r", "8_", ALNUM, 37), "rubygems": ("ruby", "gems_", HEX, 48), "sonar": ("sq", "p_", HEX, 40), "square": ("sq0", "csp-", URL, 43),
    "tailscale": ("ts", "key-auth-", ALNUM, 12, "-", ALNUM, 32), "twilio": ("S", "K", HEX, 32), "vercel": ("rn", "d_", ALNUM, 32),
    "wandb": (HEX, 40), "xai": ("xa", "i-", ALNUM, 80), "zendesk": (ALNUM, 40), "discord": ("https://dis", "cord.com/api/webhooks/", DIGITS, 18, "/", URL, 64),
    "aws_session_token": ("IQoJ", "b3JpZ2lu", B64, 160), "salesforce": ("00", "D", ALNUM, 15, "!", ALNUM, 80), "dropbox": ("s", "l.", URL, 135),
    "onepassword": ("ops", "_eyJ", ALNUM, 280), "twitter": ("A" * 11, "A" * 10, ALNUM, 80), "facebook": ("EA", "AM", ALNUM, 120),
}


def make(kind, rng):
    if kind in MAKERS:
        return MAKERS[kind](rng)
    text, shape = "", list(SHAPES[kind.removeprefix("secret.")])
    while shape:
        piece = shape.pop(0)
        text += of(rng, piece, shape.pop(0)) if shape and isinstance(shape[0], int) else piece
    return text
