using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.OutputFilter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.OutputFilter;

public class OutputFilterOptionsTests
{
    [Theory]
    [InlineData("Actions:emails", "Off", "OutputFilter__Actions__emails is not a category")]
    [InlineData("Actions:email", "Drop", "OutputFilter__Actions__email must be Redact, Block, Flag or Off.")]
    [InlineData("Actions:email", "1", "OutputFilter__Actions__email must be Redact, Block, Flag or Off.")]
    [InlineData("Actions:system_prompt", "Redact", "OutputFilter__Actions__system_prompt must be Block, Flag or Off.")]
    [InlineData("Blocklist:0", "x", "OutputFilter__Blocklist__0 must be a term of 2 to 128 characters")]
    [InlineData("Blocklist:0", "falcon!", "OutputFilter__Blocklist__0 must be a term of 2 to 128 characters")]
    [InlineData("ContentSafety:Endpoint", "http://safety.example", "OutputFilter__ContentSafety__Endpoint must be https")]
    [InlineData("ContentSafety:ApiKey", " ", "OutputFilter__ContentSafety__ApiKey must be a key")]
    [InlineData("ContentSafety:TimeoutMilliseconds", "49", "OutputFilter__ContentSafety__TimeoutMilliseconds must be a whole number from 50 to 30000")]
    [InlineData("ContentSafety:MinimumSeverity", "3", "OutputFilter__ContentSafety__MinimumSeverity must be 2, 4 or 6.")]
    [InlineData("ContentSafety:OnFailure", "7", "OutputFilter__ContentSafety__OnFailure must be one of UseScore, AssumeDanger.")]
    public void A_bad_setting_is_named(string setting, string value, string message) =>
        Assert.StartsWith(message, Assert.Throws<OptionsValidationException>(() => Policy((setting, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Settings_override_the_contracts_defaults()
    {
        var policy = Policy(("Actions:email", "block"), ("Actions:PHONE", "Off"), ("Blocklist:0", "falcon"));

        Assert.Equal(FilterAction.Block, policy[OutputCategory.Email]);
        Assert.Equal(FilterAction.Off, policy[OutputCategory.Phone]);
        Assert.Equal(FilterAction.Redact, policy[OutputCategory.Secret]);
        Assert.Equal(FilterAction.Block, policy[OutputCategory.Blocklist]);
        Assert.Equal(FilterAction.Flag, policy[OutputCategory.MaliciousCode]);
    }

    private static FilterPolicy Policy(params (string Setting, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create<string, string?>($"OutputFilter:{each.Setting}", each.Value))).Build();
        using var services = new ServiceCollection().AddGatewayOutputFilter(configuration).BuildServiceProvider();
        return services.GetRequiredService<FilterPolicy>();
    }
}
