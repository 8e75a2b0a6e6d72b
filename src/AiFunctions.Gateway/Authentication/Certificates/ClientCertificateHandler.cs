using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Clients.Certificates;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>Authenticates a client by the certificate of its connection.</summary>
internal sealed class ClientCertificateHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ICertificateSource source,
    CertificateDirectory directory,
    CertificateChains chains,
    AddressBlocks addresses,
    TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ClientCertificate";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (source.Read(Context) is not { } der)
        {
            return Fail(GatewayErrors.MissingCertificate);
        }

        // The thumbprint is of all that the certificate says, so the record's word on its time is the certificate's own.
        var id = CertificateId.Of(SHA256.HashData(der));
        if (der.Length == 0
            || (!directory.IsKnown(id) && !await addresses.MayLookUpAsync(Context))
            || await directory.FindAsync(id, CancellationToken.None) is not { } trusted
            || !trusted.Certificate.IsInItsTime(time.GetUtcNow())
            || !await chains.IsTrustedAsync(id, der, CancellationToken.None))
        {
            return Fail(GatewayErrors.InvalidCertificate);
        }

        Context.Features.Set(new ClientIdentity(trusted.Client, Key: null));
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, trusted.Client.Id)], SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }

    private static AuthenticateResult Fail(GatewayError error) => AuthenticateResult.Fail(new GatewayException(error));
}
