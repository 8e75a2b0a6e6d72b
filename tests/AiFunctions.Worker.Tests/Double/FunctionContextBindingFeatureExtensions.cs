using AiFunctions.Worker.Tests.Double;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextBindingFeatureExtensions
{
    public static InvocationResult GetInvocationResult(this FunctionContext context) => ((InvocationContext)context).Result;
}
