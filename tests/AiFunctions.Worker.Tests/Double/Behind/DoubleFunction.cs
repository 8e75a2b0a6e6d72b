using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions.Worker.Tests.Double;

/// <summary>A function on an HTTP trigger, as the worker's build reads it off the attributes.</summary>
internal sealed class DoubleFunction(MethodInfo method) : FunctionDefinition
{
    public static IReadOnlyList<MethodInfo> Methods { get; } =
    [
        .. typeof(Program).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(Program).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
            .Where(method => method.IsDefined(typeof(FunctionAttribute))),
    ];

    public static IReadOnlyList<DoubleFunction> All { get; } =
    [
        .. Methods.Where(method => method.GetParameters()[0].IsDefined(typeof(HttpTriggerAttribute))).Select(method => new DoubleFunction(method)),
    ];

    public MethodInfo Method { get; } = method;

    public override string Name { get; } = method.GetCustomAttribute<FunctionAttribute>()!.Name;

    public HttpTriggerAttribute Trigger { get; } = method.GetParameters()[0].GetCustomAttribute<HttpTriggerAttribute>()!;
}
