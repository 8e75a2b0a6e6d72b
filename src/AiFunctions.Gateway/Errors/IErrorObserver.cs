using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Errors;

/// <summary>Is told of the error that a request is answered with. A feature of the request.</summary>
internal interface IErrorObserver
{
    /// <summary>Called before anything of the answer is sent, so that what follows from it holds for the caller's next request. Must not throw.</summary>
    void OnError(HttpContext context, GatewayError error);
}
