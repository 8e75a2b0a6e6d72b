using AiFunctions.Gateway.Tests.Apis.Conformance;

namespace AiFunctions.Gateway.Tests.Apis.Embeddings;

public sealed class EmbeddingsConformanceTests : ConformanceTests
{
    private protected override ApiSamples Samples { get; } = new EmbeddingsSamples();
}
