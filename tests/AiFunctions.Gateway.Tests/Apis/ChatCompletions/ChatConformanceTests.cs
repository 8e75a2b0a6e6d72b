using AiFunctions.Gateway.Tests.Apis.Conformance;

namespace AiFunctions.Gateway.Tests.Apis.ChatCompletions;

public sealed class ChatConformanceTests : ConformanceTests
{
    private protected override ApiSamples Samples { get; } = new ChatSamples();
}
