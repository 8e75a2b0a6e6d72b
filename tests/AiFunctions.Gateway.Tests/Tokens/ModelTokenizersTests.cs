using AiFunctions.Gateway.Tokens;
using AiFunctions.Gateway.Upstreams;
using Azure.Core;

namespace AiFunctions.Gateway.Tests.Tokens;

public class ModelTokenizersTests
{
    [Theory]
    [InlineData("gpt-4o", true)]
    [InlineData("gpt-4o-2024-08-06", true)]
    [InlineData("gpt-5.2-codex", true)]
    [InlineData("o3", true)]
    [InlineData("ft:gpt-4.1-mini-2025-04-14:acme::x1", true)]
    [InlineData("gpt-4", false)]
    [InlineData("gpt-4-turbo", false)]
    [InlineData("gpt-3.5-turbo", false)]
    [InlineData("gpt-oss-20b", false)]
    [InlineData("o1lama", false)]
    [InlineData("llama3.2", false)]
    [InlineData("", false)]
    public void A_model_is_known_by_its_name(string model, bool known) =>
        Assert.Equal(known, ModelTokenizers.For(model, [Upstream("OpenAI", "*")]) == TokenizerFamily.O200k);

    [Fact]
    public void The_simulator_counts_in_a_known_way_unless_another_server_has_the_model_too()
    {
        Assert.Equal(TokenizerFamily.O200k, ModelTokenizers.For("m", [Upstream("Simulator", "*"), Upstream("OpenAI", "other")]));
        Assert.Equal(TokenizerFamily.Unknown, ModelTokenizers.For("m", [Upstream("Simulator", "*"), Upstream("OpenAI", "m")]));
    }

    private static Upstream Upstream(string kind, string model) => new(
        new UpstreamOptions { Kind = kind, Models = [model], BaseUrl = new Uri("http://localhost:11434/v1") },
        new SocketsHttpHandler(),
        new Lazy<TokenCredential>(() => throw new InvalidOperationException()),
        TimeProvider.System,
        CancellationToken.None);
}
