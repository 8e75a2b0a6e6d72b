using AiFunctions.Gateway.Clients;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>One model server. Section <c>Upstreams:N</c>.</summary>
public sealed class UpstreamOptions
{
    /// <summary>The section that holds the list of them.</summary>
    public const string Section = "Upstreams";

    /// <summary>Stands for any model in <see cref="Models"/>.</summary>
    public const string AnyModel = "*";

    /// <summary>A name for logs and model lists, different from the others'; by default <c>upstream-N</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>What kind of server it is: <c>OpenAI</c>, <c>AzureOpenAI</c> or <c>Simulator</c>, whatever the case.</summary>
    public string Kind { get; set; } = "OpenAI";

    /// <summary>Its address with the version segment, such as <c>http://localhost:11434/v1</c>. None for the simulator.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>The key for it. Azure OpenAI without one is called with the managed identity, other servers with no credential.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The models that it serves; <c>*</c>, or none named, for any.</summary>
    public IList<string> Models { get; set; } = [];

    /// <summary>Of several upstreams with a model, the one with the lowest figure is asked first; the others when it fails.</summary>
    public int Priority { get; set; }

    /// <summary>How long it may be silent, in seconds, 1 to 3600: before its answer begins, and between two parts of it.</summary>
    public int TimeoutSeconds { get; set; } = 120;

    /// <summary>The field by which answers are held to their length.</summary>
    public OutputLimitField OutputLimitField { get; set; }

    /// <summary>Whether streams are asked for usage.</summary>
    public StreamUsage StreamUsage { get; set; }

    /// <summary>Headers that every request gets.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
