using AiFunctions.Gateway.Apis.Embeddings;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Tests.Apis.Conformance;

namespace AiFunctions.Gateway.Tests.Apis.Embeddings;

/// <summary>Samples of OpenAI's embeddings.</summary>
internal sealed class EmbeddingsSamples : ApiSamples
{
    public override ModelApi Api { get; } = new EmbeddingsApi();

    public override string Request => """
        { "model":"m", "input" :["one","tw\u00f6",[1,2,3],{"text":"t","image":"https://x.example/i.png"}],"encoding_format":"float",
          "dimensions": 3,"user":"u","input_type":"query","truncate":"END","instruction":"i","novel":{"deep":["n"]} }
        """;

    public override string[] Steering => ["model", "input[].image", "encoding_format", "user", "input_type", "truncate"];

    public override long ReportedTokens => 5;

    public override IEnumerable<string> OpaqueAnswers =>
    [
        """{"object":"list","data":[{"object":"embedding","index":0,"embedding":"jane.roe@corp.example"}],"model":"m","usage":{"prompt_tokens":5,"total_tokens":5}}""",
    ];

    public override string Answer(string text) =>
        """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-2e-3,1]}],"model":"m","usage":{"prompt_tokens":5,"total_tokens":5}}""";
}
