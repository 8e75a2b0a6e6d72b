using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>The certificate that Azure's front end has taken from the TLS connection, which ends there, and passes on in <c>X-ARR-ClientCert</c>.</summary>
/// <remarks>
/// Nothing in the header tells who wrote it, and a certificate is no secret. So it counts only inside Azure, where no request comes but by the front
/// end, and only if an operator has said that the front end asks every caller for a certificate: then it sets the header on every request.
/// Whoever sends one as well makes it two, and two are none.
/// </remarks>
internal sealed class ForwardedCertificate(IOptions<ClientCertificateOptions> options, Func<string, string?> environment) : ICertificateSource
{
    public const string Header = "X-ARR-ClientCert";
    private const int LongestHeader = 16 * 1024;

    private readonly bool _isTrusted = options.Value.TrustForwardedHeader && IsInAzure(environment);

    public byte[]? Read(HttpContext context)
    {
        if (!_isTrusted || !context.Request.Headers.TryGetValue(Header, out var values) || values.Count == 0)
        {
            return null;
        }

        if (values.Count != 1
            || values[0] is not { Length: > 0 and <= LongestHeader } text
            || text.AsSpan().ContainsAny(" \t\r\n")) // which the decoder would skip
        {
            return [];
        }

        var der = new byte[text.Length / 4 * 3];
        return Convert.TryFromBase64String(text, der, out var length) ? der[..length] : [];
    }

    /// <summary>Whether the platform's own variables are there: App Service and Functions plans on it, or Flex Consumption. Core Tools set none of them.</summary>
    public static bool IsInAzure(Func<string, string?> environment) =>
        !string.IsNullOrEmpty(environment("WEBSITE_INSTANCE_ID"))
        || (!string.IsNullOrEmpty(environment("CONTAINER_NAME")) && !string.IsNullOrEmpty(environment("LEGION_SERVICE_HOST")));
}
