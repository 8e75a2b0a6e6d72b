using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions.Worker.Tests.Double;

/// <summary>One invocation.</summary>
internal sealed class InvocationContext(FunctionDefinition definition, IServiceProvider services, HttpContext? incoming) : FunctionContext
{
    public override FunctionDefinition FunctionDefinition => definition;

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    /// <summary>The request of an HTTP trigger, which <see cref="HttpProxying"/> hands to the middlewares after it.</summary>
    public HttpContext? Incoming => incoming;

    public InvocationResult Result { get; } = new Holder();

    private sealed class Holder : InvocationResult
    {
        public override object? Value { get; set; }
    }
}
