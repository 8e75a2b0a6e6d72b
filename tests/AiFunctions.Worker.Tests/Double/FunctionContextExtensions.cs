using AiFunctions.Worker.Tests.Double;
using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextExtensions
{
    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(HttpProxying.HttpContextKey, out var http) ? http as HttpContext : null;
}
