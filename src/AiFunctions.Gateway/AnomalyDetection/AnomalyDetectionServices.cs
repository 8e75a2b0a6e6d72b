using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.LogAnalytics;
using AiFunctions.Gateway.Jobs;
using AiFunctions.Gateway.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>Registers the anomaly scan.</summary>
internal static class AnomalyDetectionServices
{
    public static IServiceCollection AddGatewayAnomalyDetection(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AnomalyDetectionOptions>().Bind(configuration.GetSection(AnomalyDetectionOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AnomalyDetectionOptions>, AnomalyDetectionOptionsValidator>();

        services.AddSingleton<ActivityRecorder>();
        services.AddSingleton<IRequestRecordSink, ActivitySink>();
        services.AddSingleton<ActivityStore>();
        services.AddSingleton<ActivityWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ActivityWriter>());
        services.AddSingleton<TableActivitySource>();
        services.AddSingleton<LogAnalyticsActivitySource>();
        services.AddSingleton<IActivitySource>(provider =>
            provider.GetRequiredService<IOptions<AnomalyDetectionOptions>>().Value.EffectiveSource == AnomalySource.LogAnalytics
                ? provider.GetRequiredService<LogAnalyticsActivitySource>()
                : provider.GetRequiredService<TableActivitySource>());

        services.AddSingleton<AnomalyStore>();
        services.AddSingleton<AnomalyBlocker>();
        services.AddSingleton<AnomalyScan>();
        services.AddSingleton<ITimedJob>(provider => provider.GetRequiredService<AnomalyScan>());
        return services;
    }
}
