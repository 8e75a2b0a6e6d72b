using System.Collections.Concurrent;
using System.Threading.Channels;
using AiFunctions.Worker.Tests.Host.Protocol;
using Grpc.Core;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>The stream of messages between the host and its worker.</summary>
internal sealed class WorkerChannel(HostLog log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<StreamingMessage> _toWorker = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _answers = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> _invocations = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the worker has come.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Tells the worker something.</summary>
    public void Send(StreamingMessage message) => _toWorker.Writer.TryWrite(message);

    /// <summary>Asks the worker something.</summary>
    /// <returns>Its answer.</returns>
    public Task<StreamingMessage> AskAsync(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        var answer = _answers[message.RequestId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(message);
        return answer.Task.WaitAsync(Patience);
    }

    /// <summary>Has the worker run a function.</summary>
    /// <returns>How that ended.</returns>
    public Task<InvocationResponse> InvokeAsync(InvocationRequest request)
    {
        var end = _invocations[request.InvocationId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(new() { InvocationRequest = request });
        return end.Task;
    }

    /// <summary>Carries messages both ways until the worker goes.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> fromWorker, IServerStreamWriter<StreamingMessage> toWorker, CancellationToken cancellationToken)
    {
        var sending = SendAllAsync(toWorker, cancellationToken);
        try
        {
            await foreach (var message in fromWorker.ReadAllAsync(cancellationToken))
            {
                Take(message);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The worker has gone.
        }

        foreach (var invocation in _invocations.Values)
        {
            invocation.TrySetException(new IOException("The worker has gone."));
        }

        await sending;
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.StartStream:
                _connected.TrySetResult();
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                log.Add(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse when _invocations.TryRemove(message.InvocationResponse.InvocationId, out var end):
                end.TrySetResult(message.InvocationResponse);
                break;
            default:
                if (_answers.TryRemove(message.RequestId, out var answer))
                {
                    answer.TrySetResult(message);
                }

                break;
        }
    }

    private async Task SendAllAsync(IServerStreamWriter<StreamingMessage> toWorker, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _toWorker.Reader.ReadAllAsync(cancellationToken))
            {
                await toWorker.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException)
        {
            // The worker has gone.
        }
    }
}
