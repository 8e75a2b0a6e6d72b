using System.Globalization;
using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Upstreams;
using AiFunctions.Local.Azurite;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace AiFunctions.Local.Startup;

/// <summary>Tells, once the host listens, where it is and how to try it.</summary>
internal sealed class StartupBanner(
    IServer server,
    AzuriteService azurite,
    IOptions<StorageOptions> storage,
    UpstreamList upstreams,
    DemoClient demo,
    IOptions<ClientCertificateOptions> certificates,
    IOptions<LocalOptions> local)
    : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "(no address)";
        var lines = new List<string>
        {
            "",
            $"AiFunctions is listening on {address}",
            $"  storage     {DescribeStorage()}",
            $"  upstreams   {string.Join(", ", upstreams.All.Select(upstream => $"{upstream.Name} ({upstream.Kind})"))}",
            $"  management  key in {SecretFile.ManagementKey}, unless Management__Key is set",
        };
        if (certificates.Value.Mode == ClientCertificateMode.Require)
        {
            lines.Add("  certificates required of every client; POST /manage/clients/<id>/certificates trusts one");
        }

        if (local.Value.DemoClient)
        {
            lines.AddRange(await DescribeDemoAsync(address, cancellationToken));
        }

        lines.Add("");
        await Console.Out.WriteLineAsync(string.Join(Environment.NewLine, lines));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string DescribeStorage() => azurite.Status switch
    {
        AzuriteStatus.Started => string.Create(CultureInfo.InvariantCulture, $"Azurite on port {azurite.TableEndpoint!.Port}, started here, data in {azurite.DataDirectory}"),
        AzuriteStatus.Remote => storage.Value.TableServiceUri?.Host ?? "as in Storage__ConnectionString",
        _ => string.Create(CultureInfo.InvariantCulture, $"development storage on port {azurite.TableEndpoint!.Port}"),
    };

    // A laptop's certificate is seldom one that curl trusts.
    private string Curl(string address) => "curl "
        + (address.StartsWith("https:", StringComparison.Ordinal) ? "--insecure " : "")
        + (certificates.Value.Mode == ClientCertificateMode.Require ? "--cert client.pem --key client.key " : "")
        + address;

    private async Task<IEnumerable<string>> DescribeDemoAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            return await demo.CreateAsync(cancellationToken) is { } key
                ?
                [
                    $"  demo key    {key}   (shown this once)",
                    "",
                    "Try it:",
                    upstreams.ExampleModel is { } model
                        ? $"""{Curl(address)}/v1/chat/completions -H "Authorization: Bearer {key}" -H "Content-Type: application/json" """
                            + $$"""-d '{"model":"{{model}}","messages":[{"role":"user","content":"Hello!"}]}'"""
                        : $"""{Curl(address)}/v1/models -H "Authorization: Bearer {key}" """.TrimEnd(),
                ]
                : local.Value.HashKeyIsNew
                ? [$"  demo key    no longer works, as no key of before: {SecretFile.HashKey} is new; POST /manage/clients/demo/keys makes another"]
                : ["  demo key    shown on an earlier start; POST /manage/clients/demo/keys makes another"];
        }
        catch (StorageUnavailableException)
        {
            return ["  demo key    none: storage cannot be reached; start again when it can"];
        }
    }
}
