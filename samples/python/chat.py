import os
import sys

from openai import APIStatusError, OpenAI

gateway = os.environ.get("AIF_URL", "http://localhost:7071")
model = os.environ.get("AIF_MODEL", "simulator")
question = " ".join(sys.argv[1:]) or "Hello!"

client = OpenAI(base_url=f"{gateway}/v1", api_key=os.environ["AIF_KEY"])
try:
    stream = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": question}],
        stream=True,
    )
    for chunk in stream:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()
except APIStatusError as error:
    sys.exit(f"{error.message} (request {error.request_id})")
