using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiFunctions.Gateway;
using AiFunctions.Gateway.RequestBody;
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
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
        "FUNCTIONS_WORKER_RUNTIME",
        "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
    ];

    // How far the host lets a body exceed the gateway's limit, so that the gateway says what is wrong with it.
    private const int BodySlackBytes = 1024 * 1024;

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
    [InlineData(Variant.NoDeliveries)]
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
    [InlineData(Variant.LargeBodies)]
    public async Task The_host_refuses_the_bodies_that_the_gateway_would(Variant variant)
    {
        var settings = (await Deployment.OfAsync(variant)).AppSettings();

        var largest = new RequestBodyOptions().MaxBytes;
        if (variant == Variant.LargeBodies)
        {
            largest = int.Parse(settings["RequestBody__MaxBytes"], CultureInfo.InvariantCulture);
            Assert.NotEqual(new RequestBodyOptions().MaxBytes, largest);
        }

        Assert.Equal(HostLimit(largest), settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]);
    }

    [Fact]
    public void The_sample_has_the_host_refuse_them_too()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Repository.Path("local.settings.sample.json")));
        var settings = sample.RootElement.GetProperty("Values");

        Assert.False(settings.TryGetProperty("RequestBody__MaxBytes", out _));
        Assert.Equal(HostLimit(new RequestBodyOptions().MaxBytes), settings.GetProperty("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT").GetString());
    }

    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    public async Task Workers_are_not_started_ahead_of_the_app(Variant variant) =>
        Assert.Equal("0", (await Deployment.OfAsync(variant)).AppSettings()["WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED"]);

    [Fact]
    public async Task What_an_operator_sets_goes_before_what_the_template_sets()
    {
        var settings = (await Deployment.OfAsync(Variant.Overriding)).AppSettings();

        Assert.Equal("1", settings["WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED"]);
        Assert.Equal("20000000", settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]);
    }

    [Theory]
    [InlineData(Variant.Plain)]
    [InlineData(Variant.Full)]
    public async Task The_host_finds_the_timers_schedules(Variant variant)
    {
        // %Section:Name% in a trigger is looked up where the host has read Section__Name.
        var settings = (await Deployment.OfAsync(variant)).AppSettings();
        using var sample = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.Path("local.settings.sample.json"), TestContext.Current.CancellationToken));

        Assert.All(["AnomalyDetection__Schedule", "KeyRotation__Schedule"], name =>
        {
            Assert.Equal(6, settings[name].Split(' ').Length);
            Assert.Equal(settings[name], sample.RootElement.GetProperty("Values").GetProperty(name).GetString());
        });
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

    private static string HostLimit(int largest) => (largest + BodySlackBytes).ToString(CultureInfo.InvariantCulture);

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
            "APPLICATIONINSIGHTS_CONNECTION_STRING" =>
                "InstrumentationKey=00000000-0000-0000-0000-000000000004;IngestionEndpoint=https://westeurope-0.in.applicationinsights.azure.com/",
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
