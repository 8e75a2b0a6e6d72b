using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AiFunctions.Local.Azurite;

/// <summary>Registers the storage emulator.</summary>
internal static class AzuriteServiceCollectionExtensions
{
    /// <summary>
    /// Starts Azurite with the host when <c>Storage__ConnectionString</c> means development storage, nothing listens there and
    /// <c>Storage__StartAzurite</c> is not off. Call it before any other hosted service is registered: storage is then up before the first
    /// of them starts, and goes down after the last of them has stopped.
    /// </summary>
    public static IServiceCollection AddAzurite(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AzuriteOptions>().Bind(configuration.GetSection(AzuriteOptions.SectionName));
        services.AddSingleton<AzuriteService>();
        services.AddHostedService(provider => provider.GetRequiredService<AzuriteService>());
        return services;
    }
}
