using System.Text;
using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Local.Azurite;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace AiFunctions.Local.Startup;

/// <summary>The settings that make the gateway run on a laptop without any.</summary>
internal static class LocalDefaults
{
    private const string DefaultUrl = "http://localhost:7071";

    // A body that is announced longer than it is keeps its caller waiting for no more than this.
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(2.5));

    private static readonly string[] AddressSettings = ["urls", "http_ports", "https_ports"];

    // A credential too long to be one is refused by us, in our own words; only what is longer than this by the server, in its few.
    private const int MostHeaderBytes = 128 * 1024;

    // In-flight answers get this long after Ctrl-C; the whole process is to be gone within five seconds.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2.5);

    public static void AddLocalDefaults(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;

        // Below all other sources: the settings file beside the program, for `dotnet run --project` is started from elsewhere.
        configuration.Sources.Insert(0, new JsonConfigurationSource
        {
            FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            Path = "appsettings.json",
            Optional = true,
        });

        var defaults = new Dictionary<string, string?>();
        if (string.IsNullOrWhiteSpace(configuration["Storage:ConnectionString"]) && string.IsNullOrWhiteSpace(configuration["Storage:TableServiceUri"]))
        {
            defaults["Storage:ConnectionString"] = DevelopmentStorage.ConnectionString;
        }

        if (string.IsNullOrWhiteSpace(configuration["Management:Key"]))
        {
            defaults["Management:Key"] = SecretFile.ReadOrCreate(Environment.CurrentDirectory, SecretFile.ManagementKey).Secret;
        }

        // The account's key would do for a secret, were the emulator's not published.
        var storage = defaults.GetValueOrDefault("Storage:ConnectionString") ?? configuration["Storage:ConnectionString"];
        if (string.IsNullOrWhiteSpace(configuration["Authentication:HashKey"]) && storage is not null && DevelopmentStorage.IsEmulators(storage))
        {
            (defaults["Authentication:HashKey"], var isNew) = SecretFile.ReadOrCreate(Environment.CurrentDirectory, SecretFile.HashKey);
            builder.Services.Configure<LocalOptions>(local => local.HashKeyIsNew = isNew);
        }

        if (AddressSettings.All(key => string.IsNullOrEmpty(configuration[key]))
            && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            defaults["urls"] = DefaultUrl;
        }

        // Last, because an empty setting would hide a default that came before it.
        configuration.Sources.Add(new MemoryConfigurationSource { InitialData = defaults });

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = SlowestBody;

            kestrel.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;

            // Any byte is a character, so that a key with a wrong one is refused by us, as a wrong key, and not by the server.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;

            if (kestrel.ApplicationServices.GetRequiredService<IOptions<ClientCertificateOptions>>().Value.Mode != ClientCertificateMode.Off)
            {
                // Any certificate gets through the handshake, and none does too: a refusal is to be an answer, not a broken connection.
                kestrel.ConfigureHttpsDefaults(https =>
                {
                    https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.AllowCertificate;
                    https.AllowAnyClientCertificate();
                });
            }
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);

        // A start that fails is explained in one line by Program; the host would log it with a stack trace before.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }
}
