using AiFunctions.Gateway.Upstreams.Simulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>Registers the upstreams.</summary>
internal static class UpstreamServices
{
    public static IServiceCollection AddGatewayUpstreams(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<UpstreamsOptions>()
            .Configure(options =>
            {
                // A misspelt setting of an upstream would leave it half configured, so it stops the start.
                configuration.GetSection(UpstreamOptions.Section).Bind(options.Upstreams, binder => binder.ErrorOnUnknownConfiguration = true);
                if (options.Upstreams.Count == 0)
                {
                    options.Upstreams.Add(new UpstreamOptions { Name = "simulator", Kind = UpstreamKind.Simulator });
                }
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<UpstreamsOptions>, UpstreamsOptionsValidator>();

        services.AddOptions<SimulatorOptions>().Bind(configuration.GetSection(SimulatorOptions.Section))
            .Validate(
                options => options.WordDelayMilliseconds is >= 0 and <= SimulatorOptions.LongestWordDelayMilliseconds,
                $"Simulator__WordDelayMilliseconds must be from 0 to {SimulatorOptions.LongestWordDelayMilliseconds}.")
            .ValidateOnStart();

        services.AddSingleton<UpstreamRouter>();
        services.AddSingleton(provider => new UpstreamList(provider.GetRequiredService<IOptions<UpstreamsOptions>>()));
        return services;
    }
}
