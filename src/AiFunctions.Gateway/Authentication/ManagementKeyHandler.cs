using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Authenticates an operator by the management key.</summary>
internal sealed class ManagementKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IOptions<ManagementOptions> management)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ManagementKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (management.Value.Key is not { } expected)
        {
            return Fail(GatewayErrors.ManagementOff);
        }

        var (key, error) = Credential.Read(Request.Headers, bearerOnly: true);
        if (key is null)
        {
            return Fail(error!);
        }

        // Digests have one length, so the comparison's time tells nothing of the key's.
        if (!CryptographicOperations.FixedTimeEquals(Digest(key), Digest(expected)))
        {
            return Fail(GatewayErrors.InvalidApiKey);
        }

        var principal = new ClaimsPrincipal(new ClaimsIdentity([], SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static AuthenticateResult Fail(GatewayError error) => AuthenticateResult.Fail(new GatewayException(error));
}
