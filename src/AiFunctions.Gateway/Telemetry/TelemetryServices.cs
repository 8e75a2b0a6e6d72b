using AiFunctions.Gateway.Diagnostics;
using AiFunctions.Gateway.Records;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.ApplicationInsights.WorkerService;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>Registers the telemetry: Application Insights and OTLP, each when it is configured, and nothing at all when neither is.</summary>
public static class TelemetryServices
{
    private const string ServiceName = "aifunctions";
    private const string SamplerSetting = "OTEL_TRACES_SAMPLER";
    private const string FixedPercentage = "microsoft.fixed_percentage";
    private const string OpenTelemetryAlias = "OpenTelemetry";

    /// <summary>Whether telemetry goes anywhere.</summary>
    /// <param name="configuration">The host's configuration.</param>
    public static bool HasTelemetry(this IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = Read(configuration);
        return (options.ConnectionString ?? options.OtlpEndpoint) is not null;
    }

    internal static IServiceCollection AddGatewayTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TelemetryOptions>().Configure(options => Read(configuration, options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();

        // With a bad setting nothing is built: the start fails on it, in its own words.
        var settings = Read(configuration);
        if (!configuration.HasTelemetry() || new TelemetryOptionsValidator().Validate(null, settings).Failed)
        {
            return services;
        }

        services.AddSingleton<IRequestRecordSink, MetricsSink>();
        services.AddSingleton<IRequestRecordSink, EventSink>();
        services.PostConfigure<LoggerFilterOptions>(KeepEventsForTelemetry);

        // The redaction comes before the exporters, and so do its processors.
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName))
            .WithTracing(tracing => tracing.AddProcessor(new SpanRedaction()).AddSource(GatewayTracing.SourceName))
            .WithMetrics(metrics => metrics.AddMeter(GatewayMetrics.MeterName))
            .WithLogging(logging => logging.AddProcessor(new LogRedaction()));
        if (settings.ConnectionString is not null)
        {
            services.AddApplicationInsightsTelemetryWorkerService(insights => Configure(insights, settings));
            services.PostConfigure<AzureMonitorExporterOptions>(exporter => SetSampler(exporter, configuration));
        }

        if (settings.OtlpEndpoint is not null)
        {
            telemetry.UseOtlpExporter();
        }

        // After the exporters' own wishes: scopes hold the request's path.
        services.PostConfigure<OpenTelemetryLoggerOptions>(logging => logging.IncludeScopes = false);
        return services;
    }

    private static void Configure(ApplicationInsightsServiceOptions insights, TelemetryOptions settings)
    {
        insights.ConnectionString = settings.ConnectionString;
        insights.EnableQuickPulseMetricStream = false; // its samples go another way than past our redaction
        insights.EnableTraceBasedLogsSampler = false; // each request's event is sent, whether its trace is or not
        if (settings.Authentication is not null && TelemetryOptionsValidator.ReadAuthentication(settings.Authentication) is { } clientId)
        {
            insights.Credential = new ManagedIdentityCredential(clientId.Length == 0 ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId));
        }
    }

    // The exporter reads the share of traces, and then lets its own limit of traces a second go before it.
    private static void SetSampler(AzureMonitorExporterOptions exporter, IConfiguration configuration)
    {
        if (configuration[SamplerSetting] == FixedPercentage)
        {
            exporter.TracesPerSecond = null;
        }
    }

    // The console and the Functions host's log have no use for an event a request.
    private static void KeepEventsForTelemetry(LoggerFilterOptions options)
    {
        // A rule for one provider beats one for all, so each provider that has rules gets ours, too.
        string?[] providers = [null, .. options.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct()];
        foreach (var provider in providers)
        {
            options.Rules.Add(new LoggerFilterRule(provider, EventSink.Category, LogLevel.None, filter: null));
        }

        // The last of two equal rules counts: this one.
        options.Rules.Add(new LoggerFilterRule(OpenTelemetryAlias, EventSink.Category, LogLevel.Information, filter: null));
        options.Rules.Add(new LoggerFilterRule(typeof(OpenTelemetryLoggerProvider).FullName, EventSink.Category, LogLevel.Information, filter: null));
    }

    private static TelemetryOptions Read(IConfiguration configuration)
    {
        var options = new TelemetryOptions();
        Read(configuration, options);
        return options;
    }

    private static void Read(IConfiguration configuration, TelemetryOptions options)
    {
        options.ConnectionString = Setting(TelemetryOptions.ConnectionStringSetting);
        options.Authentication = Setting(TelemetryOptions.AuthenticationSetting);
        options.OtlpEndpoint = Setting(TelemetryOptions.OtlpEndpointSetting);

        string? Setting(string name) => configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
    }
}
