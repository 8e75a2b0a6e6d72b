using AiFunctions.Worker.Tests.Host.Protocol;
using Grpc.Core;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>Where a worker reports to.</summary>
internal sealed class WorkerService(WorkerChannel channel) : FunctionRpc.FunctionRpcBase
{
    public override Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context) =>
        channel.RunAsync(requestStream, responseStream, context.CancellationToken);
}
