using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Upstreams.Kinds;

namespace AiFunctions.Gateway.Tests.Upstreams;

public class UpstreamKindTests
{
    [Theory]
    [InlineData("OpenAI", typeof(OpenAIKind))]
    [InlineData("azureopenai", typeof(AzureOpenAIKind))]
    [InlineData("SIMULATOR", typeof(SimulatorKind))]
    [InlineData("Simulators", null)]
    [InlineData("", null)]
    public void A_kind_is_found_by_its_name_whatever_the_case(string name, Type? kind) => Assert.Equal(kind, UpstreamKind.Find(name)?.GetType());

    [Fact]
    public void No_two_kinds_share_a_name() => Assert.Equal(UpstreamKind.All.Count, UpstreamKind.All.Select(kind => kind.Name.ToUpperInvariant()).Distinct().Count());

    [Theory]
    [InlineData("OpenAI", "https://api.openai.com/v1", OutputLimitField.MaxCompletionTokens)]
    [InlineData("OpenAI", "https://eu.API.openai.com/v1", OutputLimitField.MaxCompletionTokens)]
    [InlineData("OpenAI", "https://notapi.openai.com/v1", OutputLimitField.MaxTokens)]
    [InlineData("OpenAI", "https://api.openai.com.example/v1", OutputLimitField.MaxTokens)]
    [InlineData("OpenAI", "http://localhost:11434/v1", OutputLimitField.MaxTokens)]
    [InlineData("AzureOpenAI", "https://x.openai.azure.com/openai/v1", OutputLimitField.MaxCompletionTokens)]
    [InlineData("Simulator", null, OutputLimitField.MaxTokens)]
    public void The_field_that_limits_an_answer_is_the_servers_own(string kind, string? url, object field) =>
        Assert.Equal(field, UpstreamKind.Find(kind)!.LimitField(new UpstreamOptions { Kind = kind, BaseUrl = url is null ? null : new Uri(url) }));
}
