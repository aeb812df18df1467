<?php
// Decrypts values as their applications do, with libsodium and without any code of Keel's. In and out as in read-values.py.
while (($line = fgets(STDIN)) !== false) {
    $value = json_decode($line, true);
    $key = hash('sha256', $value['key'], true);
    if ($value['application'] === 'documenso') {
        $both = hex2bin($value['ciphertext']);
        $plain = sodium_crypto_aead_xchacha20poly1305_ietf_decrypt(substr($both, 24), '', substr($both, 0, 24), $key);
    } else {
        $both = base64_decode(strtr($value['ciphertext'], '-_', '+/'));
        $plain = sodium_crypto_secretbox_open(substr($both, 24), substr($both, 0, 24), $key);
    }
    echo $plain === false ? 'null' : json_encode(bin2hex($plain)), "\n";
}
