using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.KeyRotation.Ring;

/// <summary>The Data Protection of sealed successors: its ring of keys is in table storage, each encrypted under a secret that no table holds.</summary>
/// <remarks>
/// It has services of its own, because the application's Data Protection would load its ring at every start: a start shall not wait for
/// storage, and what else the host protects is no concern of ours.
/// </remarks>
internal sealed class SealingRing(TableStorage storage, KeyedHash hash, ILoggerFactory loggers) : IDisposable
{
    private readonly Lazy<ServiceProvider> _services = new(() =>
    {
        var services = new ServiceCollection();
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(hash);
        services.AddDataProtection().SetApplicationName("AiFunctions");
        services.Configure<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new TableXmlRepository(storage);
            options.XmlEncryptor = new HashKeyXmlEncryptor(hash);
        });
        return services.BuildServiceProvider();
    });

    public IDataProtectionProvider Provider => _services.Value.GetRequiredService<IDataProtectionProvider>();

    public void Dispose()
    {
        if (_services.IsValueCreated)
        {
            _services.Value.Dispose();
        }
    }
}
