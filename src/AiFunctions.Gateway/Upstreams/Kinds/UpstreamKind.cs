using Azure.Core;

namespace AiFunctions.Gateway.Upstreams.Kinds;

/// <summary>What sets one kind of model server apart from the others. A new kind is a class of its own and a line in <see cref="All"/>.</summary>
internal abstract class UpstreamKind
{
    /// <summary>Every kind, in the order in which errors list them.</summary>
    public static IReadOnlyList<UpstreamKind> All { get; } = [new OpenAIKind(), new AzureOpenAIKind(), new SimulatorKind()];

    /// <summary>What settings call it.</summary>
    public abstract string Name { get; }

    /// <summary>What OpenTelemetry's semantic conventions for generative AI call the provider.</summary>
    public abstract string ProviderName { get; }

    /// <summary>Where it is when the settings do not say; null for a kind that needs an address.</summary>
    public virtual Uri? DefaultAddress => null;

    /// <summary>The model that it always has, whatever the settings name; null when only the server knows.</summary>
    public virtual string? OwnModel => null;

    /// <summary>Finds a kind by the name that settings use, whatever the case; null when there is none.</summary>
    public static UpstreamKind? Find(string name) => All.FirstOrDefault(kind => kind.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The kind of an upstream whose settings have been checked.</summary>
    public static UpstreamKind Of(UpstreamOptions options) => Find(options.Kind) ?? throw new ArgumentException("No such kind.", nameof(options));

    /// <summary>What is wrong with the settings of an upstream of this kind, as the end of a sentence that begins with <c>BaseUrl</c>; null when nothing is.</summary>
    /// <param name="options">Settings with a good address, if they have one.</param>
    public virtual string? CheckAddress(UpstreamOptions options) => null;

    /// <summary>The field by which such a server lets the length of an answer be limited.</summary>
    public virtual OutputLimitField LimitField(UpstreamOptions options) => OutputLimitField.MaxTokens;

    /// <summary>Puts the upstream's credential into a request.</summary>
    /// <exception cref="Errors.GatewayException">There is no credential to be had at the moment.</exception>
    public virtual ValueTask AuthorizeAsync(
        HttpRequestMessage request, UpstreamOptions options, Lazy<TokenCredential> credential, CancellationToken cancellationToken)
    {
        if (options.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What sends requests.</summary>
    /// <param name="simulator">The built-in model's manner.</param>
    /// <param name="time">The time.</param>
    public virtual HttpMessageHandler CreateHandler(Simulator.SimulatorOptions simulator, TimeProvider time) => new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a redirect would take the credential elsewhere
        UseCookies = false,

        // A client's own trace state and baggage are not for third parties: our calls have a span and a traceparent of our own making.
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that changes in DNS are seen
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
    };
}
