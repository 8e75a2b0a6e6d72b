using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>Where a request's client certificate is found: with the connection, or where a platform that ended the connection has put it.</summary>
internal interface ICertificateSource
{
    /// <summary>The certificate whose key the caller has shown to hold, in DER; empty when what stands there is none; null when nothing does.</summary>
    byte[]? Read(HttpContext context);
}
