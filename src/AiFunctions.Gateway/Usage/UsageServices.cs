using AiFunctions.Gateway.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Usage;

/// <summary>Registers the hourly usage.</summary>
internal static class UsageServices
{
    public static IServiceCollection AddGatewayUsage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<UsageOptions>().Bind(configuration.GetSection(UsageOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<UsageOptions>, UsageOptionsValidator>();
        services.AddSingleton<UsageLedger>();
        services.AddSingleton<IRequestRecordSink>(provider => provider.GetRequiredService<UsageLedger>());
        services.AddSingleton<UsageStore>();
        services.AddHostedService<UsageWriter>();
        return services;
    }
}
