using System.Reflection;
using AiFunctions.Gateway.Upstreams.Kinds;
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
        services.AddOptions<UpstreamListOptions>()
            .Configure(options =>
            {
                var section = configuration.GetSection(UpstreamOptions.Section);

                // One by one, because bound as a list an upstream with a value of the wrong type would be left out without a word.
                foreach (var upstream in section.GetChildren())
                {
                    var bound = upstream.Get<UpstreamOptions>() ?? new UpstreamOptions();
                    bound.Name = string.IsNullOrWhiteSpace(bound.Name) ? $"upstream-{upstream.Key}" : bound.Name;
                    options.Upstreams.Add(bound);
                    options.Keys.Add(upstream.Key);
                }

                options.UnknownSettings = [.. section.GetChildren().SelectMany(upstream => upstream.GetChildren()).Where(IsUnknown).Select(setting => setting.Path)];
                if (options.Upstreams.Count == 0)
                {
                    options.Upstreams.Add(new UpstreamOptions { Name = "simulator", Kind = SimulatorKind.SettingName });
                    options.Keys.Add("0");
                }
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<UpstreamListOptions>, UpstreamListOptionsValidator>();

        services.AddOptions<SimulatorOptions>().Bind(configuration.GetSection(SimulatorOptions.Section))
            .Validate(
                options => options.WordDelayMilliseconds is >= 0 and <= SimulatorOptions.LongestWordDelayMilliseconds,
                $"Simulator__WordDelayMilliseconds must be from 0 to {SimulatorOptions.LongestWordDelayMilliseconds}.")
            .ValidateOnStart();

        services.AddSingleton<SimulatedModel>();
        services.AddSingleton<ShutdownDeadline>();
        services.AddSingleton<UpstreamRouter>();
        services.AddSingleton(provider => new UpstreamList(provider.GetRequiredService<IOptions<UpstreamListOptions>>()));
        return services;
    }

    private static bool IsUnknown(IConfigurationSection setting) =>
        typeof(UpstreamOptions).GetProperty(setting.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is null;
}
