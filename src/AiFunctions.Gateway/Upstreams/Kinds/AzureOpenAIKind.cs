using System.Net.Http.Headers;
using AiFunctions.Gateway.Errors;
using Azure.Core;
using Azure.Identity;

namespace AiFunctions.Gateway.Upstreams.Kinds;

/// <summary>Azure OpenAI's v1 endpoint, with a key or with a managed identity.</summary>
internal sealed class AzureOpenAIKind : UpstreamKind
{
    private static readonly TokenRequestContext Scope = new(["https://cognitiveservices.azure.com/.default"]);

    /// <inheritdoc/>
    public override string Name => "AzureOpenAI";

    /// <inheritdoc/>
    public override string ProviderName => "azure.ai.openai";

    /// <inheritdoc/>
    public override string? CheckAddress(UpstreamOptions options) =>
        options is { ApiKey: null, BaseUrl: { IsLoopback: false } url } && url.Scheme == Uri.UriSchemeHttp
            ? "must be https, because the managed identity's token is sent there."
            : null;

    /// <inheritdoc/>
    public override OutputLimitField LimitField(UpstreamOptions options) => OutputLimitField.MaxCompletionTokens;

    /// <inheritdoc/>
    public override async ValueTask AuthorizeAsync(
        HttpRequestMessage request, UpstreamOptions options, Lazy<TokenCredential> credential, CancellationToken cancellationToken)
    {
        if (options.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("api-key", key);
            return;
        }

        try
        {
            var token = await credential.Value.GetTokenAsync(Scope, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }
        catch (AuthenticationFailedException e)
        {
            throw new GatewayException(GatewayErrors.UpstreamUnavailable, e);
        }
    }
}
