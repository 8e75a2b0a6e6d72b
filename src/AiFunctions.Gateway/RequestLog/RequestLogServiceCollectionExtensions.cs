using AiFunctions.Gateway.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.RequestLog;

/// <summary>Registers the request log, for a host without Application Insights to look into.</summary>
public static class RequestLogServiceCollectionExtensions
{
    /// <summary>Keeps each request's record in the table <c>RequestLog</c>. Before <see cref="GatewayServiceCollectionExtensions.AddAiGateway"/>, so that it stops last.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddRequestLog(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<RequestLogOptions>().Bind(configuration.GetSection(RequestLogOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RequestLogOptions>, RequestLogOptionsValidator>();
        if (configuration[$"{RequestLogOptions.Section}:{nameof(RequestLogOptions.RequestLogDays)}"]?.Trim() != "0")
        {
            services.AddSingleton<RequestLogQueue>();
            services.AddSingleton<IRequestRecordSink>(provider => provider.GetRequiredService<RequestLogQueue>());
            services.AddHostedService<RequestLogWriter>();
        }

        return services;
    }
}
