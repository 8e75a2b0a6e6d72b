using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>The certificate of the TLS connection. Headers are not looked at.</summary>
internal sealed class ConnectionCertificate : ICertificateSource
{
    public byte[]? Read(HttpContext context) => context.Connection.ClientCertificate?.RawData;
}
