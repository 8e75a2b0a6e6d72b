namespace AiFunctions.Local.Startup;

/// <summary>Registers the start-up banner.</summary>
internal static class StartupBannerServices
{
    public static IServiceCollection AddStartupBanner(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LocalOptions>().Bind(configuration.GetSection(LocalOptions.Section)).ValidateOnStart();
        return services.AddHostedService<StartupBanner>();
    }
}
