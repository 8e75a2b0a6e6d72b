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
        Assert.Equal(known, ModelTokenizers.For(model, [Upstream(UpstreamKind.OpenAI, "*")]) == TokenizerFamily.O200k);

    [Fact]
    public void The_simulator_counts_in_a_known_way_unless_another_server_has_the_model_too()
    {
        Assert.Equal(TokenizerFamily.O200k, ModelTokenizers.For("m", [Upstream(UpstreamKind.Simulator, "*"), Upstream(UpstreamKind.OpenAI, "other")]));
        Assert.Equal(TokenizerFamily.Unknown, ModelTokenizers.For("m", [Upstream(UpstreamKind.Simulator, "*"), Upstream(UpstreamKind.OpenAI, "m")]));
    }

    [Theory]
    [InlineData(UpstreamKind.OpenAI, "https://api.openai.com/v1", OutputLimitField.MaxCompletionTokens)]
    [InlineData(UpstreamKind.OpenAI, "https://eu.API.openai.com/v1", OutputLimitField.MaxCompletionTokens)]
    [InlineData(UpstreamKind.OpenAI, "https://notapi.openai.com/v1", OutputLimitField.MaxTokens)]
    [InlineData(UpstreamKind.OpenAI, "https://api.openai.com.example/v1", OutputLimitField.MaxTokens)]
    [InlineData(UpstreamKind.OpenAI, "http://localhost:11434/v1", OutputLimitField.MaxTokens)]
    [InlineData(UpstreamKind.AzureOpenAI, "https://x.openai.azure.com/openai/v1", OutputLimitField.MaxCompletionTokens)]
    [InlineData(UpstreamKind.Simulator, null, OutputLimitField.MaxTokens)]
    public void The_field_that_limits_an_answer_is_the_servers_own(UpstreamKind kind, string? url, object field) =>
        Assert.Equal(field, ChatUpstreamRequest.LimitFieldOf(Upstream(kind, "*", url)));

    private static Upstream Upstream(UpstreamKind kind, string model, string? url = null) => new(
        new UpstreamOptions { Kind = kind, Models = [model], BaseUrl = url is null ? null : new Uri(url) },
        new SocketsHttpHandler(),
        new Lazy<TokenCredential>(() => throw new InvalidOperationException()),
        TimeProvider.System,
        CancellationToken.None);
}
