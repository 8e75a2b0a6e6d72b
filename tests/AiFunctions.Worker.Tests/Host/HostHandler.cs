namespace AiFunctions.Worker.Tests.Host;

/// <summary>Sends requests to a host, whatever address they name.</summary>
internal sealed class HostHandler(Uri host) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(host, request.RequestUri!.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }
}
