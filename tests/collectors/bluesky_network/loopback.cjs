// node --require ./loopback.cjs: what listens, listens on 127.0.0.1 only, and no name but this
// machine's is looked up. So a real server stays within the test, whatever it is set up to do.
const dns = require('node:dns')
const net = require('node:net')

const isHere = (host) => host === 'localhost' || host === '::1' || /^127\./.test(host ?? '')

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  if (first && typeof first === 'object') {
    const isSocket = first.path !== undefined || first.fd !== undefined
    if (!isSocket && !isHere(first.host)) first = { ...first, host: '127.0.0.1' }
  } else if (/^\d+$/.test(String(first))) {
    if (typeof rest[0] === 'string') rest[0] = isHere(rest[0]) ? rest[0] : '127.0.0.1'
    else rest.unshift('127.0.0.1')
  }
  return listen.call(this, first, ...rest)
}

const refusal = (host) =>
  Object.assign(new Error(`not looked up, it is not this machine: ${host}`), { code: 'ENOTFOUND' })
const lookup = dns.lookup
dns.lookup = function (host, options, callback) {
  if (typeof options === 'function') [options, callback] = [{}, options]
  if (typeof options === 'number') options = { family: options }
  if (host && !isHere(host)) return process.nextTick(callback, refusal(host))
  return lookup.call(dns, host === 'localhost' ? '127.0.0.1' : host, options ?? {}, callback)
}
for (const name of ['resolve', 'resolve4', 'resolve6', 'resolveTxt', 'resolveAny']) {
  dns[name] = (host, ...rest) => process.nextTick(rest.at(-1), refusal(host))
  dns.promises[name] = async (host) => {
    throw refusal(host)
  }
}
