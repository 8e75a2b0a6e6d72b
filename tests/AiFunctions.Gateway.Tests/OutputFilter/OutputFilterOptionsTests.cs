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
    [InlineData("SecretRules:0", "acme_{a32}", "OutputFilter__SecretRules__0 must be \"issuer: shape conditions\".")]
    [InlineData("SecretRules:0", "Acme: acme_{q32}", "OutputFilter__SecretRules__0 has an unknown alphabet in {q32}.")]
    [InlineData("SecretRules:0", "Acme: acme_{a9-3}", "OutputFilter__SecretRules__0 has a bad length in {a9-3}.")]
    [InlineData("SecretRules:0", "Acme: acme_{a32+}x", "OutputFilter__SecretRules__0 can have a run without bound at its end only.")]
    [InlineData("SecretRules:0", "Acme: acme_{a20-30}x{a9}", "OutputFilter__SecretRules__0 must have a run of fixed length before what the run could hold, too.")]
    [InlineData("SecretRules:0", "Acme: acme_{a4}", "OutputFilter__SecretRules__0 must be of at least 16 characters.")]
    [InlineData("SecretRules:0", "Acme: a{a500}{b500}", "OutputFilter__SecretRules__0 must be decided within 900 characters.")]
    [InlineData("SecretRules:0", "Acme: {a32}", "OutputFilter__SecretRules__0 must have a text in its shape, near=, or digit and entropy=3.5 or more.")]
    [InlineData("SecretRules:0", "Acme: {guid}", "OutputFilter__SecretRules__0 must have a text in its shape, near=, or digit and entropy=3.5 or more.")]
    [InlineData("SecretRules:0", "Acme: acme_{a32", "OutputFilter__SecretRules__0 lacks a closing brace.")]
    [InlineData("SecretRules:0", "Acme: (acme|a_{a32}", "OutputFilter__SecretRules__0 lacks a closing parenthesis.")]
    [InlineData("SecretRules:0", "Acme: _acme_{a32}", "OutputFilter__SecretRules__0 must begin with a letter, a digit or a run.")]
    [InlineData("SecretRules:0", "Acme: acme_{a32} often", "OutputFilter__SecretRules__0 has an unknown condition often.")]
    [InlineData("SecretRules:0", "Acme: acme_{a32} checksum=md5", "OutputFilter__SecretRules__0 has an unknown condition checksum=md5.")]
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

    [Fact]
    public void A_rule_for_secrets_can_be_added()
    {
        var policy = Policy(("SecretRules:0", "Acme, robot: (acme|acmebot)_^{a12-20}.{h8} digit"), ("SecretRules:1", "Acme: bb-{w20+}"));

        Assert.Equal("x acmebot_[REDACTED_SECRET], y", Filtered.Text("x acmebot_Zq8kLm2xPw9aZq.00ff12ab, y", policy));
        Assert.Equal("the bb-board and [REDACTED_SECRET]", Filtered.Text("the bb-board and bb-0123456789abcdefghij", policy));
        Assert.Equal("ghp_ [REDACTED_SECRET]", Filtered.Text("ghp_ ghp_0123456789abcdefghijABCDEFGHIJ012345", policy));
    }

    private static FilterPolicy Policy(params (string Setting, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create<string, string?>($"OutputFilter:{each.Setting}", each.Value))).Build();
        using var services = new ServiceCollection().AddGatewayOutputFilter(configuration).BuildServiceProvider();
        return services.GetRequiredService<FilterPolicy>();
    }
}
