"""`riegel scan --jsonl` over many texts."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEVELS = {"low": 0, "medium": 1, "high": 2}


def binary():
    """What `RIEGEL` names, else the newest one that cargo built."""
    if named := os.environ.get("RIEGEL"):
        return named
    built = [p for p in (ROOT / "target").glob("*/riegel") if p.is_file()]
    if not built:
        raise SystemExit("no riegel below target/: build it, or name one in RIEGEL")
    return str(max(built, key=lambda p: p.stat().st_mtime))


def scan(texts, policies=()):
    """id -> findings. With several policies each one reads all texts; the findings are put together."""
    lines = "".join(json.dumps({"id": i, "text": t}, ensure_ascii=False) + "\n" for i, t in texts.items())
    found = {i: [] for i in texts}
    for policy in policies or [None]:
        command = [binary(), "scan", "--jsonl"] + (["--policy", str(policy)] if policy else [])
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or not done.stdout:
            raise SystemExit(f"{' '.join(command)}:\n{done.stderr}")
        for line in done.stdout.splitlines():
            answer = json.loads(line)
            if "findings" not in answer:
                raise SystemExit(f"not scanned: {line}")
            found[answer["id"]] += answer["findings"]
    return {i: strongest(f) if len(policies) > 1 else f for i, f in found.items()}


REGIONS = ("doc.", "business.customer_list", "business.price_table", "person.signature", "legal.contract", "secret.kubernetes_secret")


def rank(id_):
    """Country areas first, generic ones last, as docs/semantics.md 35 says."""
    first = id_.split(".")[0]
    return (len(first) != 2 or first == "eu") + id_.endswith(".generic"), id_


def strongest(findings):
    """Of overlapping findings the surer one, then the longer one, as one module would do. Regions stay."""
    kept = [f for f in findings if f["detector"].startswith(REGIONS)]
    spans = []
    for f in sorted(findings, key=lambda f: (-LEVELS[f["confidence"]], f["start"] - f["end"], rank(f["detector"]))):
        if f not in kept and not any(f["start"] < k["end"] and k["start"] < f["end"] for k in spans):
            spans.append(f)
    return sorted(kept + spans, key=lambda f: f["start"])
