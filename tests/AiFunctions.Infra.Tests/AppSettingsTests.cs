using System.Text.Json;
using System.Text.RegularExpressions;
using AiFunctions.Gateway;
using AiFunctions.Infra.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Infra.Tests;

public sealed partial class AppSettingsTests
{
    // What the Functions host, the identity library and the telemetry libraries read.
    private static readonly string[] PlatformSettings =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AZURE_CLIENT_ID",
        "AZURE_TOKEN_CREDENTIALS",
        "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "FUNCTIONS_WORKER_RUNTIME",
    ];

    // Settings of features whose options are not in this version; take each out when they are.
    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    public async Task The_gateway_knows_every_setting(Variant variant)
    {
        var settings = (await Deployment.OfAsync(variant)).AppSettings();

        Assert.Contains("Management__Key", settings.Keys);
        Assert.DoesNotContain(settings.Keys, name => !IsKnown(name));
    }

    [Fact]
    public void The_gateway_knows_every_setting_of_the_sample()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Repository.Path("local.settings.sample.json")));

        Assert.DoesNotContain(sample.RootElement.GetProperty("Values").EnumerateObject(), value => !IsKnown(value.Name));
    }

    [Theory]
    [InlineData("Storage__TableServiceUrl")]
    [InlineData("Storage")]
    [InlineData("Upstreams__0__Modell")]
    [InlineData("Upstreams__BaseUrl__0__0")]
    [InlineData("Simulator__WordDelayMilliseconds__0")]
    [InlineData("OutputFilters__Actions__email")]
    public void A_misspelt_setting_would_be_noticed(string name) => Assert.False(IsKnown(name));

    [Theory]
    [InlineData("Storage__TableServiceUri")]
    [InlineData("Upstreams__12__Models__3")]
    [InlineData("RateLimits__Tiers__gold__RequestsPerMinute")]
    [InlineData("OutputFilter__Actions__email")]
    [InlineData("Cors__AllowedOrigins__0")]
    [InlineData("InputGuard__PromptShields__Endpoint")]
    public void Lists_dictionaries_and_nested_settings_are_known(string name) => Assert.True(IsKnown(name));

    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    [InlineData(Variant.ReadOnlyVault)]
    public async Task The_gateway_starts_with_them(Variant variant)
    {
        var settings = Resolved((await Deployment.OfAsync(variant)).AppSettings());

        Start(settings);
    }

    [Fact]
    public async Task The_gateway_does_not_start_while_its_secrets_are_missing()
    {
        var settings = Resolved((await Deployment.OfAsync(Variant.Plain)).AppSettings());
        settings["Management__Key"] = "@Microsoft.KeyVault(SecretUri=https://kv-test.vault.azure.net/secrets/management-key)";

        var exception = Assert.Throws<OptionsValidationException>(() => Start(settings));

        Assert.StartsWith("Management__Key is a Key Vault reference", Assert.Single(exception.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("vault.azure.net", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    public async Task Secrets_are_references_into_the_vault(Variant variant)
    {
        var settings = (await Deployment.OfAsync(variant)).AppSettings();

        Assert.Matches(Reference("hash-key"), settings["Authentication__HashKey"]);
        Assert.Matches(Reference("management-key"), settings["Management__Key"]);
        Assert.DoesNotContain(settings, setting => SecretName().IsMatch(setting.Key) && !setting.Value.Contains("@Microsoft.KeyVault(", StringComparison.Ordinal));
    }

    private static bool IsKnown(string name) => PlatformSettings.Contains(name) || KnownSettings.Contains(name);

    /// <summary>What only a live resource can tell, filled in.</summary>
    private static Dictionary<string, string?> Resolved(IReadOnlyDictionary<string, string> settings) => settings.ToDictionary(
        setting => setting.Key,
        string? (setting) => setting.Key switch
        {
            "Authentication__HashKey" or "Management__Key" => new string('k', 64),
            _ when !setting.Value.StartsWith('[') => setting.Value,
            "AnomalyDetection__WorkspaceId" or "AZURE_CLIENT_ID" or "AzureWebJobsStorage__clientId" => "00000000-0000-0000-0000-000000000003",
            "Storage__TableServiceUri" => "https://sttest.table.core.windows.net/",
            "KeyRotation__KeyVaultUri" => "https://kv-test.vault.azure.net/",
            "Upstreams__0__BaseUrl" => "https://oai-test.openai.azure.com/openai/v1",
            "APPLICATIONINSIGHTS_CONNECTION_STRING" => "InstrumentationKey=00000000-0000-0000-0000-000000000004;IngestionEndpoint=https://westeurope-0.in.applicationinsights.azure.com/",
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING" => "ClientId=00000000-0000-0000-0000-000000000003;Authorization=AAD",
            _ => throw new InvalidOperationException($"{setting.Key} has a value that this test does not know: {setting.Value}"),
        });

    private static void Start(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)))
            .Build();
        using var provider = new ServiceCollection().AddLogging().AddAiGateway(configuration).BuildServiceProvider();

        provider.GetRequiredService<IStartupValidator>().Validate();
    }

    private static string Reference(string secret) => $@"@Microsoft\.KeyVault\(SecretUri=\{{0\}}secrets/{secret}\)', reference\('[^']*Microsoft\.KeyVault/vaults/kv-";

    [GeneratedRegex("Key$|Secret$|Password$|ConnectionString$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
