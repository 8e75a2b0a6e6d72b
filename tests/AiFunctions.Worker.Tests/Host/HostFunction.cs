using System.Text.Json;
using AiFunctions.Worker.Tests.Host.Protocol;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>A function as the host sees it: what the worker says of it, and how its trigger is read.</summary>
internal sealed class HostFunction
{
    /// <summary>The status of an invocation that went well.</summary>
    public const int Success = 1;

    private readonly TemplateMatcher? _route;

    /// <summary>Reads a function's trigger.</summary>
    /// <param name="metadata">What the worker says of the function.</param>
    /// <param name="settings">Where the names in the trigger are looked up.</param>
    public HostFunction(FunctionMetadata metadata, AppSettings settings)
    {
        Metadata = metadata;
        Trigger = metadata.RawBindings.Select(binding => JsonElement.Parse(binding))
            .Single(binding => Text(binding, "type").EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
        Methods = Trigger.TryGetProperty("methods", out var methods) ? [.. methods.EnumerateArray().Select(method => method.GetString()!)] : [];
        IsTimer = IsType("timerTrigger");
        string? missing = null;
        if (IsType("httpTrigger"))
        {
            Route = settings.Resolve(Text(Trigger, "route"), out missing);
            _route = new TemplateMatcher(TemplateParser.Parse(Route), []);
        }
        else if (IsTimer)
        {
            Schedule = settings.Resolve(Text(Trigger, "schedule"), out missing);
        }

        MissingSetting = missing;
    }

    /// <summary>What the worker says of the function.</summary>
    public FunctionMetadata Metadata { get; }

    /// <summary>The binding that runs it.</summary>
    public JsonElement Trigger { get; }

    /// <summary>The function's name.</summary>
    public string Name => Metadata.Name;

    /// <summary>The HTTP methods that the trigger lists; none takes all.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The route of an HTTP trigger.</summary>
    public string? Route { get; }

    /// <summary>Whether a timer runs it.</summary>
    public bool IsTimer { get; }

    /// <summary>The schedule of a timer.</summary>
    public string? Schedule { get; }

    /// <summary>The setting that the trigger names and that there is none of: the function is then disabled.</summary>
    public string? MissingSetting { get; }

    /// <summary>Whether a request is the function's.</summary>
    public bool Takes(string method, string path) =>
        _route is not null
        && MissingSetting is null
        && (Methods.Count == 0 || Methods.Contains(method, StringComparer.OrdinalIgnoreCase))
        && _route.TryMatch(path, new RouteValueDictionary());

    /// <summary>What asks the worker to run it.</summary>
    /// <param name="id">The invocation's id.</param>
    /// <param name="input">What the trigger has for it.</param>
    /// <param name="traceParent">The host's span, which the function's is a part of; null when there is none.</param>
    public InvocationRequest Invocation(string id, TypedData input, string? traceParent = null) => new()
    {
        InvocationId = id,
        FunctionId = Metadata.FunctionId,
        TraceContext = traceParent is null ? new() : new() { TraceParent = traceParent },
        InputData = { new ParameterBinding { Name = Text(Trigger, "name"), Data = input } },
    };

    private static string Text(JsonElement binding, string property) => binding.GetProperty(property).GetString()!;

    private bool IsType(string type) => Text(Trigger, "type").Equals(type, StringComparison.OrdinalIgnoreCase);
}
