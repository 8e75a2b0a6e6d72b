using System.IO.Pipelines;
using AiFunctions.Gateway.Observation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.Records;

/// <summary>The server's response body, with what is written to it counted.</summary>
internal sealed class CountedResponseBody(IHttpResponseBodyFeature body, RequestObservation observation, TimeProvider time) : IHttpResponseBodyFeature
{
    private readonly CountedPipeWriter _writer = new(body.Writer, observation, time);
    private Stream? _stream;

    public Stream Stream => _stream ??= _writer.AsStream(leaveOpen: true);

    public PipeWriter Writer => _writer;

    public Task CompleteAsync() => body.CompleteAsync();

    public void DisableBuffering() => body.DisableBuffering();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);
}
